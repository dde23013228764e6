import { expect, test } from 'vitest'
import { hasTest } from '../../catalogue/titles.ts'
import { adviceInSources } from '../scan.ts'
import { followedAtServers } from './at-servers.ts'
import { followedElsewhere } from './elsewhere.ts'
import { followedInFiles } from './imported-files.ts'
import { inPrograms } from './in-programs.ts'
import { inRevisions } from './in-revisions.ts'
import { notFollowed } from './reasons.ts'

const followed = new Set(
  [inRevisions, inPrograms, followedElsewhere, followedAtServers, followedInFiles].flatMap((all) => Object.keys(all)),
)
const excused = [...notFollowed.keys()]

test('every advice that the sources give beside the catalogue is followed by a test, or says why not', () => {
  const given = adviceInSources()
  expect(given.length).toBeGreaterThan(250)
  const unknown = given.filter(({ text }) => !followed.has(text) && !excused.includes(text))
  expect(unknown).toEqual([])
  const knownTexts = new Set(given.map(({ text }) => text))
  expect([...followed, ...excused].filter((text) => !knownTexts.has(text))).toEqual([])
  expect(excused.filter((text) => followed.has(text))).toEqual([])
  expect([...Object.values(inRevisions), ...Object.values(inPrograms)].filter((all) => all.length === 0)).toEqual([])
})

test('what is followed elsewhere is followed by a test that there is', () => {
  const pointers = Object.values({ ...followedElsewhere, ...followedAtServers, ...followedInFiles }).flat()
  expect(pointers.filter(({ file, title }) => !hasTest(file, title))).toEqual([])
})
