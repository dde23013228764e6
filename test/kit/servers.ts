import { afterAll, describe, inject } from 'vitest'
import { isLoop, longRun } from './scale.ts'
import { databaseOn, familyOf, serverUrl, type TestDatabase } from './server-databases.ts'
import { type ServerName, serverNames, variables } from './servers/names.mjs'

export { databaseOn, familyOf, type ServerName, serverNames, serverUrl, type TestDatabase, variables }

/** One server of each dialect, in the long run all of them. Which of two it is differs from group to group. */
export function serversFor<Server extends ServerName>(servers: readonly Server[], title: string): readonly Server[] {
  const families = ['postgres', 'mysql'] as const
  return families.flatMap((family) => {
    const alike = servers.filter((server) => familyOf(server) === family)
    return longRun ? alike : alike.filter((_, at) => at === title.length % alike.length)
  })
}

type Body<Server extends ServerName> = (createDatabase: () => Promise<TestDatabase>, server: Server) => void

/** What groups of tests on servers begin with, at the URLs that are given. */
export function groupsAt(urlOf: (server: ServerName) => string | undefined) {
  /** Makes an empty database of its own name on that server. Throws where the server is not there. */
  async function createDatabaseOn(server: ServerName): Promise<TestDatabase> {
    const url = urlOf(server)
    if (url === undefined) throw new Error(`${variables[server]} is not set`)
    return databaseOn(server, url, { reusesConnection: true }).createDatabase()
  }

  /** A group of tests on one server. Where it is not there they are skipped, and the run says so at its end. */
  function describeOn(
    server: ServerName,
    title: string,
    body: (createDatabase: () => Promise<TestDatabase>) => void,
  ): void {
    describe.skipIf(serverUrl(server) === undefined)(`${server}: ${title}`, () => {
      const databases: TestDatabase[] = []
      afterAll(async () => {
        // One after the other: a file of tests may have made more of them than the server has connections.
        for (const each of [...databases]) await each.drop()
      }, 300_000)
      body(async () => {
        const database = await createDatabaseOn(server)
        const dropping: TestDatabase = {
          ...database,
          drop: async () => {
            await database.drop()
            databases.splice(databases.indexOf(dropping), 1)
          },
        }
        databases.push(dropping)
        return dropping
      })
    })
  }

  /** The same group on each of several servers. */
  function describeOnEach<Server extends ServerName>(
    servers: readonly Server[],
    title: string,
    body: Body<Server>,
  ): void {
    for (const server of servers) describeOn(server, title, (createDatabase) => body(createDatabase, server))
  }

  /** The same group on one server of each dialect, and in the loop on one server: for what the core does, whichever server there is. */
  function describeOnDialects<Server extends ServerName>(
    servers: readonly Server[],
    title: string,
    body: Body<Server>,
  ): void {
    const chosen = serversFor(servers, title)
    // By its half: the length itself chooses between two servers of a dialect.
    const tried = isLoop ? chosen.filter((_, at) => at === Math.floor(title.length / 2) % chosen.length) : chosen
    describeOnEach(tried, title, body)
  }

  return { createDatabaseOn, describeOn, describeOnEach, describeOnDialects }
}

/** A session of PostgreSQL is handed out again when its client has ended it: what asks about sessions takes `own-sessions.ts`. */
export const { createDatabaseOn, describeOn, describeOnEach, describeOnDialects } = groupsAt(
  (server) => inject('warmUrls')[server] ?? serverUrl(server),
)
