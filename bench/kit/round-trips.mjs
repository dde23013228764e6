// Loaded before the program (`--import`): counts how often it wrote to a server and waited for the answer, to the file that
// BENCH_ROUND_TRIPS names. Statements that were sent together are one round trip.
import { writeFileSync } from 'node:fs'
import { Socket } from 'node:net'

const file = process.env.BENCH_ROUND_TRIPS
let count = 0
let answered = true
const { write, push } = Socket.prototype
Socket.prototype.write = function (...how) {
  if (answered) count += 1
  answered = false
  return write.apply(this, how)
}
Socket.prototype.push = function (...how) {
  answered = true
  return push.apply(this, how)
}
process.on('exit', () => writeFileSync(file, String(count)))
