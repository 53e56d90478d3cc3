// BullMQ on Redis.
//
// Settings, from its guide: addBulk for many jobs ("Adding jobs in bulk"); a concurrency of 100, where it
// calls 100 to 300 reasonable for jobs that wait ("Parallelism and Concurrency"), and more than one
// worker process ("Concurrency"); finished jobs are removed ("Auto-removal of jobs", "Going to
// production").
// Durability is that of Redis.
'use strict'

const IORedis = require('ioredis')
const { Queue, Worker } = require('bullmq')
const { args, argsSentNow, repeated, run, tellPickedUp, version } = require('./lines.js')

const QUEUE = 'bench'
const BATCH = 1000
const CONCURRENCY = 100

const connect = (url) => new IORedis(url, { maxRetriesPerRequest: null })

function client(url) {
  const queue = new Queue(QUEUE, {
    connection: connect(url),
    defaultJobOptions: { removeOnComplete: true },
  })
  const batch = Array.from({ length: BATCH }, () => ({ name: 'noop', data: args() }))
  return {
    about: () => ({
      version: version('bullmq'),
      enqueue: ['single', 'bulk'],
      settings: `addBulk of ${BATCH}; concurrency ${CONCURRENCY}; removeOnComplete`,
    }),
    one: async () => {
      await queue.add('noop', argsSentNow())
      return {}
    },
    single: (seconds, jobs) => repeated(seconds, jobs, () => queue.add('noop', args())),
    bulk: (seconds, jobs) => repeated(seconds, jobs, () => queue.addBulk(batch), BATCH),
    left: async () => {
      const counts = await queue.getJobCounts('waiting', 'active', 'delayed', 'prioritized', 'failed')
      return { left: Object.values(counts).reduce((sum, count) => sum + count, 0) }
    },
  }
}

function worker(url) {
  let handled = 0
  const own = new Worker(
    QUEUE,
    async (job) => {
      handled += 1
      tellPickedUp(job.data)
    },
    { connection: connect(url), concurrency: CONCURRENCY, autorun: false },
  )
  return {
    ready: async () => {
      await own.waitUntilReady()
      return {}
    },
    start: () => {
      own.run().catch((error) => {
        console.error(error)
        process.exit(1)
      })
      return {}
    },
    count: () => ({ handled }),
  }
}

run({ client, worker })
