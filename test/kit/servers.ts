import { afterAll, describe } from 'vitest'
import { isLoop, longRun } from './scale.ts'
import { databaseOn, familyOf, serverUrl, type TestDatabase } from './server-databases.ts'
import { type ServerName, serverNames, variables } from './servers/names.mjs'
import { warmUrl } from './warm-sessions.ts'

export { databaseOn, familyOf, type ServerName, serverNames, serverUrl, type TestDatabase, variables }

export interface DatabaseOptions {
  /** Sessions of PostgreSQL are handed out again: where a test asks nothing about sessions, and opens many. */
  readonly isWarm?: boolean
}

/** Makes an empty database of its own name on that server. Throws where the server is not there. */
export async function createDatabaseOn(server: ServerName, options: DatabaseOptions = {}): Promise<TestDatabase> {
  const url = serverUrl(server)
  if (url === undefined) throw new Error(`${variables[server]} is not set`)
  const own = options.isWarm && familyOf(server) === 'postgres' ? await warmUrl(url) : url
  return databaseOn(server, own, { reusesConnection: true }).createDatabase()
}

/** A group of tests on one server. Where it is not there they are skipped, and the run says so at its end. */
export function describeOn(
  server: ServerName,
  title: string,
  body: (createDatabase: () => Promise<TestDatabase>) => void,
  options: DatabaseOptions = {},
): void {
  describe.skipIf(serverUrl(server) === undefined)(`${server}: ${title}`, () => {
    const databases: TestDatabase[] = []
    afterAll(async () => {
      // One after the other: a file of tests may have made more of them than the server has connections.
      for (const each of [...databases]) await each.drop()
    }, 300_000)
    body(async () => {
      const database = await createDatabaseOn(server, options)
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
export function describeOnEach<Server extends ServerName>(
  servers: readonly Server[],
  title: string,
  body: (createDatabase: () => Promise<TestDatabase>, server: Server) => void,
  options: DatabaseOptions = {},
): void {
  for (const server of servers) describeOn(server, title, (createDatabase) => body(createDatabase, server), options)
}

/** One server of each dialect, in the long run all of them. Which of two it is differs from group to group. */
export function serversFor<Server extends ServerName>(servers: readonly Server[], title: string): readonly Server[] {
  const families = ['postgres', 'mysql'] as const
  return families.flatMap((family) => {
    const alike = servers.filter((server) => familyOf(server) === family)
    return longRun ? alike : alike.filter((_, at) => at === title.length % alike.length)
  })
}

/** The same group on one server of each dialect, and in the loop on one server: for what the core does, whichever server there is. */
export function describeOnDialects<Server extends ServerName>(
  servers: readonly Server[],
  title: string,
  body: (createDatabase: () => Promise<TestDatabase>, server: Server) => void,
  options: DatabaseOptions = {},
): void {
  const chosen = serversFor(servers, title)
  // By its half: the length itself chooses between two servers of a dialect.
  const tried = isLoop ? chosen.filter((_, at) => at === Math.floor(title.length / 2) % chosen.length) : chosen
  describeOnEach(tried, title, body, options)
}
