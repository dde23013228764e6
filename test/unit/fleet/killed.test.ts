import { spawn } from 'node:child_process'
import { copyFileSync, mkdirSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Revision } from '@org/migrate-core'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { migratorOf } from '../../kit/migrator.ts'
import { counts } from '../../kit/scale.ts'
import { rowsOf } from '../run/kit.ts'
import { history } from './killed-history.mjs'
import { fileOf, newFolder, numbered } from './kit.ts'

let folder: string
beforeEach(() => {
  folder = newFolder()
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const program = fileURLToPath(new URL('./killed-process.mjs', import.meta.url))

/** Runs the fleet, and kills it after so many members have ended. Gives what it printed. */
function runUntil(members: number): Promise<string> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [program, folder], { stdio: ['ignore', 'pipe', 'pipe'] })
    let out = ''
    child.stdout.on('data', (data: Buffer) => {
      out += data.toString()
      if (out.split('\n').length > members) child.kill('SIGKILL')
    })
    child.stderr.on('data', (data: Buffer) => {
      out += data.toString()
    })
    child.on('close', () => resolve(out))
  })
}

it('Runs that are killed leave every member migrated once or untouched, and the next run takes the others', async () => {
  const ids = numbered(24)
  const [first = ''] = ids
  mkdirSync(`${folder}/state`)
  await migratorOf(
    sqliteDialect({ url: `sqlite:///${fileOf(folder, first)}` }),
    history as readonly Revision[],
  ).upgrade('r1')
  for (const id of ids.slice(1)) copyFileSync(fileOf(folder, first), fileOf(folder, id))
  for (let round = 0; round < counts.killedFleets; round += 1) {
    await runUntil(1 + (round % 5))
    for (const id of ids) {
      const isDone = rowsOf(fileOf(folder, id), "SELECT 1 FROM migrate_version WHERE version_num = 'r2'").length === 1
      const tables = rowsOf(fileOf(folder, id), "SELECT name FROM sqlite_master WHERE name IN ('first', 'second')")
      expect(tables).toHaveLength(isDone ? 2 : 0)
      expect(rowsOf(fileOf(folder, id), 'SELECT * FROM ran')).toHaveLength(isDone ? 1 : 0)
    }
  }
  expect(await runUntil(Number.POSITIVE_INFINITY)).toContain('ended with 0 left')
  for (const id of ids) expect(rowsOf(fileOf(folder, id), 'SELECT * FROM ran')).toEqual([{ id: 0 }])
  const outcomes = rowsOf(`${folder}/state/fleet.db`, 'SELECT outcome, count(*) AS n FROM fleet_members GROUP BY 1')
  expect(outcomes.reduce((sum: number, row) => sum + (row as { n: number }).n, 0)).toBe(ids.length)
})
