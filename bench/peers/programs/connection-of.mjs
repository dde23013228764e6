// The connection of a URL in knex's words.
export function connectionOf(url) {
  if (url.startsWith('sqlite:')) {
    return { client: 'better-sqlite3', connection: { filename: url.slice('sqlite:'.length) }, useNullAsDefault: true }
  }
  const plain = url.replace(/\?.*$/, '').replace(/^mariadb:/, 'mysql:')
  return { client: url.startsWith('postgres') ? 'pg' : 'mysql2', connection: plain, pool: { min: 1, max: 1 } }
}
