import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { ensureBuilt, Project, twoRevisions } from '../../../cli/project.ts'
import { indexText, readIndex } from './kit.ts'

beforeAll(ensureBuilt)
let project: Project
beforeEach(() => {
  project = new Project(twoRevisions)
})
afterEach(() => project.remove())

function changeIndex(change: (line: string) => string): void {
  const cache = join(project.folder, 'node_modules/.cache/migrate')
  const [name = ''] = readdirSync(cache).filter((each) => each.startsWith('files-'))
  const { heading, lines } = readIndex(join(cache, name))
  writeFileSync(join(cache, name), indexText(heading, lines.map(change)))
}

/** As if each file had been read long ago for the first time. */
const readLongAgo = (line: string): string => line.replace(/\t\d{13}\t/, '\t1\t')
const withOtherHash = (line: string): string => line.replace(/[0-9a-f]{64}/, 'f'.repeat(64))

const edited = 'edited after it was applied'

/** Ends with an index that stands for the files. */
function fillIndex(): void {
  expect(project.run(['heads'])).toMatchObject({ code: 0 })
  changeIndex(readLongAgo)
  expect(project.run(['heads'])).toMatchObject({ code: 0 })
}

test('commands take what the index holds of a file; with --strict, and in `check`, every file is read', () => {
  expect(project.run(['upgrade'])).toMatchObject({ code: 0 })
  // A wrong index shows whether a command believes it.
  fillIndex()
  changeIndex(withOtherHash)
  expect(project.run(['status']).stdout).toContain(edited)
  for (const args of [['status', '--strict'], ['check'], ['upgrade', '--strict'], ['plan', '--strict']]) {
    fillIndex()
    changeIndex(withOtherHash)
    const read = project.run(args)
    expect(read, args.join(' ')).toMatchObject({ code: 0 })
    expect(read.stdout + read.stderr).not.toContain('edited')
    expect(project.run(['status']).stdout).not.toContain(edited)
  }
})
