/** A process that does one thing with one large row, and prints the most memory (MiB) that it took above what it had at rest. */
import { readFileSync, writeFileSync } from 'node:fs'
import { createMigrator } from '@org/migrate-core'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { openDatabase } from '@org/migrate-schema/database'
import { openWebuiTiers } from '@org/migrate-schema/tiers'
import Database from 'better-sqlite3'
import mysql from 'mysql2/promise'
import postgres from 'postgres'

const [mode = '', url = '', shape = '', mebibytes = ''] = process.argv.slice(2)
const file = url.slice('sqlite:'.length)

/** A JSON text of many small objects; `broken` lacks its end. */
function largeText(): string {
  const parts: string[] = []
  for (let at = 0, length = 0; length < Number(mebibytes) * 1024 * 1024; at += 1) {
    const part = `{"id":"m${at}","role":"user","content":"hello ${at}"}`
    parts.push(part)
    length += part.length + 1
  }
  return `{"messages":[${parts.join(',')}${shape === 'broken' ? '' : ']}'}`
}

function memory(name: 'VmHWM' | 'VmRSS'): number {
  const [, kib] = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(readFileSync('/proc/self/status', 'utf8')) ?? []
  return Number(kib) / 1024
}

/** From here on `VmHWM` is the peak of what follows (proc(5), clear_refs). */
function rest(): number {
  for (let at = 0; at < 4; at += 1) globalThis.gc?.()
  writeFileSync('/proc/self/clear_refs', '5')
  return memory('VmRSS')
}

type Send = (text: string, params: readonly string[]) => Promise<readonly { readonly [name: string]: unknown }[]>

/** The bare driver. */
async function driver(): Promise<Send> {
  if (url.startsWith('postgres')) {
    const client = postgres(url, { max: 1 })
    return async (text, params) => client.unsafe(text.replace('?', '$1'), [...params])
  }
  if (url.startsWith('sqlite')) {
    const db = new Database(file)
    return async (text, params) => {
      const statement = db.prepare(text)
      if (statement.reader) return statement.all(...params) as Awaited<ReturnType<Send>>
      statement.run(...params)
      return []
    }
  }
  const client = await mysql.createConnection(url.replace(/^mariadb:/, 'mysql:'))
  return async (text, params) => (await client.query(text, [...params]))[0] as Awaited<ReturnType<Send>>
}

const dialect = url.startsWith('postgres')
  ? postgresDialect({ url })
  : url.startsWith('sqlite')
    ? sqliteDialect({ url })
    : mysqlDialect({ url })
const migrator = createMigrator({ dialect, tiers: openWebuiTiers() })
const into = 'INSERT INTO chat (id, user_id, title, archived, created_at, updated_at, chat) VALUES'

type Work = () => Promise<unknown>

const works: { readonly [mode: string]: () => Promise<Work> } = {
  async prepare() {
    await migrator.upgrade('018_add_function_is_global', { tier: 'legacy' })
    await (await driver())(`${into} ('large', 'u', 't', false, 1, 2, ?)`, [largeText()])
    return async () => undefined
  },
  async up() {
    await migrator.plan('head')
    return () => migrator.upgrade('head')
  },
  async down() {
    await migrator.plan('head')
    return () => migrator.downgrade('7e5b5dc7342b')
  },
  async insert() {
    const service = await openDatabase({ DATABASE_URL: url })
    const row = { user_id: 'u', title: 't', archived: false, created_at: 1n, updated_at: 2n }
    const insert = async (id: string, chat: Record<string, never>): Promise<void> => {
      if (service.dialect === 'postgres') await service.db.insert(service.tables.chat).values({ ...row, id, chat })
      else if (service.dialect === 'mysql') await service.db.insert(service.tables.chat).values({ ...row, id, chat })
      else await service.db.insert(service.tables.chat).values({ ...row, id, chat })
    }
    await insert('small', {})
    const value = JSON.parse(largeText()) as Record<string, never>
    return () => insert('inserted', value)
  },
  /** The bare driver reads it, and writes it to another row. */
  async bareCopy() {
    const send = await driver()
    await send(`${into} ('copy', 'u', 't', false, 1, 2, ?)`, ['{"a": 1}'])
    return async () => {
      const [chatRow] = await send("SELECT chat FROM chat WHERE id = 'large'", [])
      await send("UPDATE chat SET chat = ? WHERE id = 'copy'", [String(chatRow?.chat)])
      await send("DELETE FROM chat WHERE id = 'copy'", [])
    }
  },
}

const work = await works[mode]?.()
const before = rest()
await work?.()
process.stdout.write(`${Math.round(memory('VmHWM') - before)}`)
process.exit(0)
