// graphile-worker on PostgreSQL.
//
// Settings are those of its page "Performance": 24 concurrent jobs and a pool of 25 connections per
// process, a local queue of 500, completions and failures in batches without delay (0), several
// processes; addJobs for many jobs; no log line per job.
'use strict'

const { Logger, WorkerPreset, makeWorkerUtils, run: runWorker } = require('graphile-worker')
const { args, argsSentNow, repeated, run, tellPickedUp, version } = require('./lines.js')

const BATCH = 1000
const QUIET = new Logger(() => (level, message) => {
  if (level === 'error') console.error(message)
})

async function client(url) {
  const utils = await makeWorkerUtils({ connectionString: url, logger: QUIET })
  await utils.migrate()
  const batch = Array.from({ length: BATCH }, () => ({ identifier: 'noop', payload: args() }))
  return {
    about: () => ({
      version: version('graphile-worker'),
      enqueue: ['single', 'bulk'],
      settings:
        `addJobs of ${BATCH}; concurrentJobs 24, maxPoolSize 25, localQueue 500, ` +
        'completeJobBatchDelay 0, failJobBatchDelay 0',
    }),
    one: async () => {
      await utils.addJob('noop', argsSentNow())
      return {}
    },
    single: (seconds, jobs) => repeated(seconds, jobs, () => utils.addJob('noop', args())),
    bulk: (seconds, jobs) => repeated(seconds, jobs, () => utils.addJobs(batch), BATCH),
    left: () =>
      utils.withPgClient(async (pg) => {
        const { rows } = await pg.query('select count(*)::int as left from graphile_worker.jobs')
        return rows[0]
      }),
  }
}

function worker(url) {
  let handled = 0
  const noop = async (payload) => {
    handled += 1
    tellPickedUp(payload)
  }
  const start = async () => {
    await runWorker({
      logger: QUIET,
      taskList: { noop },
      preset: {
        extends: [WorkerPreset],
        worker: {
          connectionString: url,
          concurrentJobs: 24,
          maxPoolSize: 25,
          localQueue: { size: 500 },
          completeJobBatchDelay: 0,
          failJobBatchDelay: 0,
        },
      },
    })
    return {}
  }
  return { ready: () => ({}), start, count: () => ({ handled }) }
}

run({ client, worker })
