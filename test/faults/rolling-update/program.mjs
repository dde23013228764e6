// Instances of releases, one after the other, in a process of their own and on the built packages. An order comes as a message.
import { setTimeout as sleep } from 'node:timers/promises'
import { createMigrator, graphOf } from '@org/migrate-core'
import { release } from './chain.mjs'

const messages = new Set()
process.on('message', (message) => (message.url === undefined ? messages.add(message) : void run(message)))
process.on('disconnect', () => process.exit(1))
const waitForMessage = async (message) => {
  while (!messages.has(message)) await sleep(20)
}
const report = (message) => new Promise((resolve) => process.send(message, resolve))

async function gate(direction) {
  await report({ inside: direction })
  await waitForMessage('go')
}

async function dialectOf(url) {
  if (url.startsWith('postgres')) return (await import('@org/migrate-dialect-postgres')).postgresDialect({ url })
  return (await import('@org/migrate-dialect-mysql')).mysqlDialect({ url })
}

/** The service itself knows nothing of migrations: one connection of the driver. */
async function connect(url) {
  if (url.startsWith('postgres')) {
    const { default: postgres } = await import('postgres')
    const sql = postgres(url, { max: 1 })
    return { send: (text) => sql.unsafe(text), end: () => sql.end() }
  }
  const { default: mysql } = await import('mysql2/promise')
  const connection = await mysql.createConnection(url.replace(/^mariadb/, 'mysql'))
  return { send: (text) => connection.query(text), end: () => connection.end() }
}

async function serve({ url, writes }) {
  const connection = await connect(url)
  let wrote = 0
  while (!messages.has('stop')) {
    await connection.send(`INSERT INTO notes (id, text) VALUES (${writes + wrote}, 'note ${wrote}')`)
    await connection.send(`UPDATE notes SET text = 'changed' WHERE id = ${writes + wrote}`)
    wrote += 1
    if (wrote % 4 === 0) await report({ wrote })
    await sleep(20)
  }
  await connection.end()
  await report({ served: wrote })
}

async function run({ url, knows, gated = false, nonTransactional = false, work, options, writes = 0 }) {
  messages.clear()
  const migrator = createMigrator({
    dialect: await dialectOf(url),
    tiers: [graphOf(release({ knows, nonTransactional, ...(gated ? { gate } : {}) }))],
  })
  const works = {
    ensure: () => migrator.ensure(options),
    upgrade: () => migrator.upgrade(),
    downgrade: () => migrator.downgrade(options.target),
  }
  try {
    const { state, revision, applied, warnings } = await works[work]()
    await report({ ended: { state, revision, applied, warnings } })
    if (writes > 0) await serve({ url, writes })
  } catch (error) {
    const { code = 'none', message, details, remedy } = error
    await report({ failed: { code, message, details, remedy } })
  }
  await report({ isIdle: true })
}
