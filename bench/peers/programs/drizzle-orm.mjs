// `node drizzle-orm.mjs <url> <folder>`: the migrations of the folder, by drizzle-orm's own migrate().
const [, , url, migrationsFolder] = process.argv

if (url.startsWith('sqlite:')) {
  const { default: Database } = await import('better-sqlite3')
  const { drizzle } = await import('drizzle-orm/better-sqlite3')
  const { migrate } = await import('drizzle-orm/better-sqlite3/migrator')
  const client = new Database(url.slice('sqlite:'.length))
  migrate(drizzle(client), { migrationsFolder })
  client.close()
} else if (url.startsWith('postgres')) {
  const { default: postgres } = await import('postgres')
  const { drizzle } = await import('drizzle-orm/postgres-js')
  const { migrate } = await import('drizzle-orm/postgres-js/migrator')
  const client = postgres(url.replace(/\?.*$/, ''), { max: 1, onnotice: () => undefined })
  await migrate(drizzle(client), { migrationsFolder })
  await client.end()
} else {
  const { createConnection } = await import('mysql2/promise')
  const { drizzle } = await import('drizzle-orm/mysql2')
  const { migrate } = await import('drizzle-orm/mysql2/migrator')
  const client = await createConnection(url.replace(/\?.*$/, '').replace(/^mariadb:/, 'mysql:'))
  await migrate(drizzle(client), { migrationsFolder })
  await client.end()
}
