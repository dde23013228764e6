import { test } from 'vitest'
import { adviceInSources } from './remedies/scan.ts'
import { notYet } from './remedies/advice/not-yet.ts'
import { followedElsewhere, notFollowed } from './remedies/advice/elsewhere.ts'
import { inPrograms } from './remedies/advice/in-programs.ts'
import { inRevisions } from './remedies/advice/in-revisions.ts'
const followed = new Set([inRevisions, inPrograms, followedElsewhere].flatMap((all) => Object.keys(all)))
const excused = [...notFollowed.keys(), ...notYet]
test('x', () => { 
  const given = adviceInSources()
  console.log('GIVEN', given.length)
  for (const a of given) if (!followed.has(a.text) && !excused.includes(a.text)) console.log('NEW |', a.file, '|', a.text)
  const t = new Set(given.map(({text}) => text))
  for (const x of [...followed, ...excused]) if (!t.has(x)) console.log('GONE |', x)
  })
