// The programs of servers that a test starts for itself: one that is to be killed, or to have no room left.
import { mariadbServer, mariadbSources, mysqlServer, mysqlSources, nextMariadbSources } from './mysql.mjs'
import { allowedSources } from './names.mjs'
import { nextPostgresSources, postgresServer, postgresSources } from './postgres.mjs'

/** How a server of each name is had and handled. */
export const kinds = {
  postgres: { server: postgresServer, sources: postgresSources },
  'postgres-next': { server: postgresServer, sources: nextPostgresSources },
  mariadb: { server: mariadbServer, sources: mariadbSources },
  'mariadb-next': { server: mariadbServer, sources: nextMariadbSources },
  mysql: { server: mysqlServer, sources: mysqlSources },
}

/** The program by the first way that gives one; a container's cannot be started with other limits. Throws where none does. */
export async function programOf(name) {
  const reasons = []
  for (const source of allowedSources().filter((each) => each !== 'docker')) {
    try {
      const program = await kinds[name].sources[source]?.()
      if (program !== undefined) return program
      reasons.push(`${source}: not here`)
    } catch (error) {
      reasons.push(`${source}: ${error.message}`)
    }
  }
  throw new Error(`no program of ${name} that a test could start itself (${reasons.join('; ')})`)
}
