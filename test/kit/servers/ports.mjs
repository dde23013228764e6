import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'

/** The ports that the system gives to outgoing connections: one of them can be taken between asking and listening. */
function outgoing() {
  try {
    const [low, high] = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').trim().split(/\s+/).map(Number)
    return { low, high }
  } catch {
    return { low: 32_768, high: 65_535 }
  }
}

function listens(port) {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(undefined))
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const assigned = server.address().port
      server.close(() => resolve(assigned))
    })
  })
}

/** A free loopback port; who finds it taken all the same asks again. */
export async function freePort() {
  const { low, high } = outgoing()
  for (let turn = 0; turn < 200; turn += 1) {
    const port = 10_000 + Math.floor(Math.random() * 55_000)
    if ((port < low || port > high) && (await listens(port)) !== undefined) return port
  }
  const any = await listens(0)
  if (any === undefined) throw new Error('no port is free on 127.0.0.1')
  return any
}
