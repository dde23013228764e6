import { expect, it } from 'vitest'
import { databaseAt018 } from './kit/database.ts'

it('preserved values of a megabyte are read a few at a time, and come back whole', async () => {
  const ids = Array.from({ length: 12 }, (_, at) => `f${String(at).padStart(2, '0')}`)
  const db = await databaseAt018(
    ids.map((id) => `INSERT INTO "file" VALUES ('${id}', 'u1', 'f', '${id}' || hex(zeroblob(524288)), 1);`).join(''),
  )
  const query = 'SELECT "id", substr("meta", 1, 3) AS "begin", length("meta") AS "length" FROM "file" ORDER BY "id"'
  const before = db.rows(query)
  await db.migrator.upgrade()
  db.sent()
  await db.migrator.downgrade('6a39f3d8e55c')
  const reads = db.sent().filter((text) => /^SELECT .*"value", .*FROM "migrate_preserved"/.test(text))
  const counts = reads.map((text) => /IN \(([?, ]+)\)$/.exec(text)?.[1]?.split(',').length)
  // At most 4 MiB of values at once: the twelve large ones in four reads. Small ones are read many at a time.
  expect(counts.filter((count) => count === 3)).toHaveLength(4)
  expect(db.rows(query)).toEqual(before)
})
