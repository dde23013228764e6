import { afterAll, beforeAll, beforeEach } from 'vitest'
import { type SqldServer, startSqldServer } from './start-server.ts'

/** A libSQL server for the tests of one file. Where it cannot be had they are NOT RUN, which is an error with TEST_REQUIRE=all. */
export function sqldServer(): () => SqldServer {
  let server: SqldServer | undefined
  let why = ''
  beforeAll(async () => {
    server = await startSqldServer().catch((error: unknown) => {
      why = `NOT RUN: sqld could not be started: ${String(error).slice(0, 400)}`
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
