import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { expect, test } from 'vitest'
import { d1Server } from '../../../kit/d1/d1-server.ts'
import { migratorOf } from '../../../kit/migrator.ts'
import { onlyCase } from '../../../kit/random.ts'
import { counts } from '../../../kit/scale.ts'
import { dumpOf, readingsOf } from './dump.ts'
import { migrateAsUsual, migrateWithKeysOn, upgradeOf } from './kit.ts'
import { runFamilies } from './random.ts'

// A family whose change copies no table takes a database as well: some 5 of 100.
const server = d1Server({ databases: Math.ceil(counts.randomFamiliesOnD1 * 1.2) + 20 })

test('a rebuild with foreign keys on keeps everything that its changes do not touch, whatever the family', async () => {
  const { failures, rebuilds, refused, seed, lines } = await runFamilies(counts.randomFamilies, (file, upgrade) =>
    migrateWithKeysOn({ url: file }, upgrade),
  )
  console.log([`random families: seed ${seed}, ${rebuilds} copied the table`, ...lines].join('\n'))
  expect(failures.join('\n\n')).toBe('')
  if (onlyCase() !== undefined) return
  expect([...refused.keys()].sort()).toEqual(['circle', 'rows that point nowhere'])
  expect(rebuilds).toBe(counts.randomFamilies)
})

test('the usual rebuild loses rows of those families, and this sees it', async () => {
  const { failures } = await runFamilies(counts.randomFamilies, migrateAsUsual, 40)
  expect(failures.length).toBeGreaterThanOrEqual(5)
  expect(failures.some((each) => each.includes('[other tables kept]'))).toBe(true)
})

test('the engine of D1 makes of a family what SQLite makes of it in a file', async () => {
  let compared = 0
  const { failures } = await runFamilies(counts.randomFamiliesOnD1, async (file, upgrade) => {
    const before = dumpOf(file)
    await migrateWithKeysOn({ url: file }, upgrade)
    const db = server().createDatabase()
    const { success } = await db.send([{ sql: 'PRAGMA defer_foreign_keys = ON' }, ...before.map((sql) => ({ sql }))])
    // It has no tables in UTF-16, no virtual tables of some kinds, and takes no statement of 100 kB.
    if (!success) return
    await migratorOf(sqliteDialect({ url: db.url }), upgradeOf(upgrade)).upgrade('head')
    const after = readingsOf(file)
    const actual = await Promise.all(after.map(async ({ sql }) => ({ rows: await db.rows(sql) })))
    const [other] = after.filter(({ rows }, at) => JSON.stringify(rows) !== JSON.stringify(actual[at]?.rows))
    if (other !== undefined)
      throw new Error(
        `${other.sql}\ngives\n${JSON.stringify(await db.rows(other.sql))}\nnot\n${JSON.stringify(other.rows)}`,
      )
    compared += 1
  })
  // Of a REAL it takes a part of a text that is another one in each version of SQLite.
  const real = failures.filter((each) => !each.includes('"using":"substr('))
  expect(real.join('\n\n')).toBe('')
  if (onlyCase() === undefined) expect(compared).toBeGreaterThan(counts.randomFamiliesOnD1 / 2)
})
