import { expect, test } from 'vitest'
import { onlyCase } from '../../../kit/random.ts'
import { counts } from '../../../kit/scale.ts'
import { migrateWithKeysOn } from './kit.ts'
import { runFamilies } from './random.ts'

test('a rebuild with foreign keys on keeps everything that its changes do not touch, whatever the family', {
  timeout: 7_200_000,
}, async () => {
  const { failures, rebuilds, refused, seed, lines } = await runFamilies(counts.randomFamilies, (file, upgrade) =>
    migrateWithKeysOn({ url: file }, upgrade),
  )
  console.log([`random families: seed ${seed}, ${rebuilds} copied the table`, ...lines].join('\n'))
  expect(failures.join('\n\n')).toBe('')
  if (onlyCase() !== undefined) return
  expect([...refused.keys()].sort()).toEqual(['circle', 'rows that point nowhere'])
  expect(rebuilds).toBe(counts.randomFamilies)
})
