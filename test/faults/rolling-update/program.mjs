// One instance of a release, in a process of its own and on the built packages. Argument: the order, as JSON.
import { setTimeout as sleep } from 'node:timers/promises'
import { createMigrator, graphOf } from '@org/migrate-core'
import { release } from './chain.mjs'

const { url, knows, gated = false, nonTransactional = false, work, options, writes = 0 } = JSON.parse(process.argv[2])

const messages = new Set()
process.on('message', (message) => messages.add(message))
process.on('disconnect', () => process.exit(1))
const waitForMessage = async (message) => {
  while (!messages.has(message)) await sleep(20)
}
const report = (message) => new Promise((resolve) => process.send(message, resolve))

async function gate(direction) {
  if (!gated) return
  await report({ inside: direction })
  await waitForMessage('go')
}

async function dialectOf() {
  if (url.startsWith('postgres')) return (await import('@org/migrate-dialect-postgres')).postgresDialect({ url })
  return (await import('@org/migrate-dialect-mysql')).mysqlDialect({ url })
}

/** The service itself knows nothing of migrations: one connection of the driver. */
async function connect() {
  if (url.startsWith('postgres')) {
    const { default: postgres } = await import('postgres')
    const sql = postgres(url, { max: 1 })
    return { send: (text) => sql.unsafe(text), end: () => sql.end() }
  }
  const { default: mysql } = await import('mysql2/promise')
  const connection = await mysql.createConnection(url.replace(/^mariadb/, 'mysql'))
  return { send: (text) => connection.query(text), end: () => connection.end() }
}

async function serve() {
  const connection = await connect()
  let wrote = 0
  while (!messages.has('stop')) {
    await connection.send(`INSERT INTO notes (id, text) VALUES (${writes + wrote}, 'note ${wrote}')`)
    await connection.send(`UPDATE notes SET text = 'changed' WHERE id = ${writes + wrote}`)
    wrote += 1
    if (wrote % 10 === 0) await report({ wrote })
    await sleep(5)
  }
  await connection.end()
  await report({ served: wrote })
}

const migrator = createMigrator({
  dialect: await dialectOf(),
  tiers: [graphOf(release({ knows, gate, nonTransactional }))],
})
const works = {
  ensure: () => migrator.ensure(options),
  upgrade: () => migrator.upgrade(),
  downgrade: () => migrator.downgrade(options.target),
}
try {
  const { state, revision, applied, warnings } = await works[work]()
  await report({ ended: { state, revision, applied, warnings } })
  if (writes > 0) await serve()
} catch (error) {
  const { code = 'none', message, details, remedy } = error
  await report({ failed: { code, message, details, remedy } })
}
process.disconnect()
