// pg-boss on PostgreSQL.
//
// Settings, from its API pages "Workers", "Queues" and "Constructor": insert() for many jobs; fetching
// 1,000 at a time (batchSize, whose handler completes the whole batch at once), again without a pause while
// batches are full (burstWhenBatchFull), two workers per process (localConcurrency); idle workers are
// woken by NOTIFY (useListenNotify, notify) instead of after half a second or more.
'use strict'

const { PgBoss } = require('pg-boss')
const { args, argsSentNow, repeated, run, tellPickedUp, version } = require('./lines.js')

const QUEUE = 'bench'
const BATCH = 1000
const WORK = { batchSize: 1000, burstWhenBatchFull: true, localConcurrency: 2, pollingIntervalSeconds: 0.5 }

async function started(url) {
  const boss = new PgBoss({ connectionString: url, useListenNotify: true })
  boss.on('error', console.error)
  await boss.start()
  await boss.createQueue(QUEUE, { notify: true })
  return boss
}

async function client(url) {
  const boss = await started(url)
  const batch = Array.from({ length: BATCH }, () => ({ data: args() }))
  return {
    about: () => ({
      version: version('pg-boss'),
      enqueue: ['single', 'bulk'],
      settings:
        `insert of ${BATCH}; batchSize ${WORK.batchSize}, burstWhenBatchFull, ` +
        `localConcurrency ${WORK.localConcurrency}, useListenNotify`,
    }),
    one: async () => {
      await boss.send(QUEUE, argsSentNow())
      return {}
    },
    single: (seconds, jobs) => repeated(seconds, jobs, () => boss.send(QUEUE, args())),
    bulk: (seconds, jobs) => repeated(seconds, jobs, () => boss.insert(QUEUE, batch), BATCH),
    left: async () => {
      const { rows } = await boss
        .getDb()
        .executeSql("select count(*)::int as left from pgboss.job where state <> 'completed'")
      return rows[0]
    },
  }
}

async function worker(url) {
  let handled = 0
  let boss
  return {
    ready: async () => {
      boss = await started(url)
      return {}
    },
    start: async () => {
      await boss.work(QUEUE, WORK, async (jobs) => {
        handled += jobs.length
        for (const job of jobs) tellPickedUp(job.data)
      })
      return {}
    },
    count: () => ({ handled }),
  }
}

run({ client, worker })
