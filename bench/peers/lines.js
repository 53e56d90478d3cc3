// The lines that a peer's program in Node answers; README.md has the protocol.
'use strict'

const fs = require('node:fs')
const path = require('node:path')
const readline = require('node:readline')

const STAMP_BYTES = 19
const UNSENT = '0'.repeat(STAMP_BYTES)
const ARGS_BYTES = 200

const say = (answer) => fs.writeSync(1, JSON.stringify(answer) + '\n')

// Arguments of 200 bytes as JSON. A job sent to be picked up carries when, in nanoseconds.
function args(sent = UNSENT) {
  const empty = JSON.stringify({ sent, fill: '' }).length
  return { sent, fill: 'x'.repeat(ARGS_BYTES - empty) }
}

const argsSentNow = () => args(process.hrtime.bigint().toString().padStart(STAMP_BYTES, '0'))

// What a handler does beside nothing.
function tellPickedUp({ sent }) {
  if (sent !== UNSENT) {
    say({ picked_up_us: Number(process.hrtime.bigint() - BigInt(sent)) / 1000 })
  }
}

// Of an installed package; read by path, since not every package exports its description.
const version = (name) => require(path.join(process.env.NODE_PATH, name, 'package.json')).version

// Calls enqueue() until the time or the number of jobs is up; each call adds `step` of them.
async function repeated(seconds, jobs, enqueue, step = 1) {
  const started = process.hrtime.bigint()
  const passed = () => Number(process.hrtime.bigint() - started) / 1e9
  let done = 0
  while (done < jobs && passed() < seconds) {
    await enqueue()
    done += step
  }
  return { jobs: done, seconds: passed() }
}

// Answers each line of stdin with commands[first word](other words as numbers), one after the other.
async function serve(commands) {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const [name, ...words] = line.split(' ')
    say(await commands[name](...words.map(Number)))
  }
  process.exit(0)
}

// Runs the role named on the command line: roles.client or roles.worker, each returns its commands.
async function run(roles) {
  try {
    await serve(await roles[process.argv[2]](process.env.PEER_URL))
  } catch (error) {
    console.error(error)
    process.exit(1)
  }
}

module.exports = { args, argsSentNow, repeated, run, tellPickedUp, version }
