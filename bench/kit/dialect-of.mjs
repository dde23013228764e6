// The built dialect of a URL.

export async function dialectOf(/** @type {string} */ url) {
  if (url.startsWith('postgres')) {
    const { postgresDialect } = await import('../../packages/dialect-postgres/dist/index.js')
    return postgresDialect({ url })
  }
  if (url.startsWith('sqlite')) {
    const { sqliteDialect } = await import('../../packages/dialect-sqlite/dist/index.js')
    return sqliteDialect({ url })
  }
  const { mysqlDialect } = await import('../../packages/dialect-mysql/dist/index.js')
  return mysqlDialect({ url })
}
