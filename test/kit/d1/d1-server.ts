import { afterAll, beforeAll, beforeEach } from 'vitest'
import { type D1Server, type D1ServerOptions, startD1Server } from './start-server.ts'

export type { D1Answer, D1Result, D1Server, D1Statement, D1TestDatabase } from './start-server.ts'

/** A server of D1 for the tests of one file. Where it cannot be had they are NOT RUN, which is an error with TEST_REQUIRE=all. */
export function d1Server(options: D1ServerOptions = {}): () => D1Server {
  let server: D1Server | undefined
  let why = ''
  beforeAll(async () => {
    server = await startD1Server(options).catch((error: unknown) => {
      // The engine is there, and refuses what it is given.
      if (String(error).includes('Uncaught')) throw error
      why = `NOT RUN: D1 could not be started: ${String(error).slice(0, 400)}`
      return undefined
    })
  }, 300_000)
  beforeEach((context) => {
    if (server === undefined) context.skip(why)
  })
  afterAll(async () => server?.end())
  return () => {
    if (server === undefined) throw new Error(why)
    return server
  }
}
