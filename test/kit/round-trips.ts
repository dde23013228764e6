import { Socket } from 'node:net'
import { onTestFinished } from 'vitest'

/** Counts how often this process wrote to a server and waited for the answer: what is sent together is one round trip. */
export function countRoundTrips(url: string): () => number {
  const port = Number(new URL(url).port)
  const { write, push } = Socket.prototype
  const answered = new WeakMap<Socket, boolean>()
  let count = 0
  Socket.prototype.write = function (this: Socket, ...sent: Parameters<Socket['write']>) {
    if (this.remotePort === port) {
      if (answered.get(this) !== false) count += 1
      answered.set(this, false)
    }
    return write.apply(this, sent)
  } as Socket['write']
  Socket.prototype.push = function (this: Socket, ...received: Parameters<Socket['push']>) {
    answered.set(this, true)
    return push.apply(this, received)
  }
  onTestFinished(() => {
    Socket.prototype.write = write
    Socket.prototype.push = push
  })
  return () => count
}
