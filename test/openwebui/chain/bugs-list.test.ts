import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

/** Every defect of the original that the chain has to beat, in the order of the revisions. */
const bugs = [
  '010 (a)',
  '010 (b)',
  '010 (c)',
  '010 (d)',
  '7e5b',
  '242a (a)',
  '242a (b)',
  '242a (c)',
  '242a (d)',
  '242a (e)',
  '242a (f)',
  '242a (g)',
  '242a (h)',
  '242a (i)',
  '4ace (a)',
  '4ace (b)',
  '1af9 (a)',
  '1af9 (b)',
  '1af9 (c)',
  '1af9 (d)',
  '1af9 (e)',
  '1af9 (f)',
  '1af9 (g)',
  '1af9 (h)',
  '1af9 (i)',
  '3ab3',
  '6a39 (a)',
  '6a39 (b)',
  '6a39 (c)',
  '6a39 (d)',
  'c29f (a)',
  'c29f (b)',
  'c29f (c)',
  'c29f (d)',
  'c29f (e)',
  'c29f (f)',
  '7826',
]

it('every defect of the original has a test that is called after it', () => {
  const directory = new URL('./', import.meta.url)
  const titles = readdirSync(directory)
    .filter((name) => name.startsWith('bugs-') && name !== 'bugs-list.test.ts')
    .flatMap((name) => [
      ...readFileSync(new URL(name, directory), 'utf8').matchAll(
        /^it(?:\.each\(.*\))?\(\s*'((?:010|[0-9a-f]{4})(?: \([a-z]\))?) /gm,
      ),
    ])
    .map((match) => match[1] ?? '')
  expect([...new Set(titles)].sort()).toEqual([...bugs].sort())
})
