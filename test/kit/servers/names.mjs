// The servers that tests run on (`postgres-next` and `mariadb-next` are second major versions), and where a run is told of one that is there.

/** @typedef {'postgres' | 'mariadb' | 'mysql' | 'postgres-next' | 'mariadb-next'} ServerName */

/** @type {{ readonly [N in ServerName]: string }} */
export const variables = {
  postgres: 'TEST_POSTGRES_URL',
  mariadb: 'TEST_MARIADB_URL',
  mysql: 'TEST_MYSQL_URL',
  'postgres-next': 'TEST_POSTGRES_NEXT_URL',
  'mariadb-next': 'TEST_MARIADB_NEXT_URL',
}

/** @type {readonly ServerName[]} */
export const serverNames = ['postgres', 'mariadb', 'mysql', 'postgres-next', 'mariadb-next']

/** The ways a server can be had, in the order in which they are tried. */
export const sources = ['docker', 'installed', 'packages', 'npm']

function listOf(text, allowed, what) {
  const given = text.split(',').map((each) => each.trim())
  const unknown = given.filter((each) => !allowed.includes(each))
  if (unknown.length > 0) throw new Error(`${what}: "${unknown[0]}" is none of ${allowed.join(', ')}`)
  return allowed.filter((each) => given.includes(each))
}

/** `postgres,mysql`, `none` or `all`, as a list. */
export function namedServers(text) {
  if (text === 'none') return []
  return text === 'all' ? serverNames : listOf(text, serverNames, 'the servers to start')
}

/** Which ways may be used: all, or those that TEST_SERVERS_FROM names. */
export function allowedSources(text = process.env.TEST_SERVERS_FROM) {
  return text ? listOf(text, sources, 'TEST_SERVERS_FROM') : sources
}
