import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createRevisionGraph } from '@org/migrate-core'
import { draftRevision, graph, makeSqlFiles, revisionPath, rewriteParents } from '@org/migrate-core/node'
import { expect, test } from 'vitest'
import { failureOf, migrationsFolder, up } from './kit.ts'

const project = migrationsFolder()
const at = (name: string): string => join(project.folder, name)
const read = (name: string): string => readFileSync(at(name), 'utf8')

async function make(options: Parameters<typeof draftRevision>[1]): Promise<readonly string[]> {
  const revisions = createRevisionGraph(await graph(project.folder).source.headers())
  const draft = draftRevision(revisions, { at: new Date('2026-11-20T10:15:00Z'), ...options })
  const folder = revisionPath(draft, revisions, { folders: [project.folder], recursive: false }, { extension: '' })
  return makeSqlFiles(folder, draft)
}

test('a new revision in SQL is a folder of two files, which is read again as what was asked for', async () => {
  project.put({ 'c1_x/up.sql': up('c1', 'base', '') })
  const a1 = '20261120T101500_a1_accounts_get_a_locale'
  expect(
    await make({
      revision: 'a1',
      message: 'Accounts get\na locale',
      branchLabels: ['billing'],
      dependsOn: ['c1'],
      head: 'base',
    }),
  ).toEqual([at(`${a1}/up.sql`), at(`${a1}/down.sql`)])
  expect(read(`${a1}/up.sql`)).toBe(
    [
      '-- message: Accounts get a locale',
      '-- revision: a1',
      '-- revises: base',
      '-- branch-labels: billing',
      '-- depends-on: c1',
      '-- created: 2026-11-20T10:15:00Z',
      '',
      '-- Divide statements by lines `-- migrate: statement`.',
      '',
    ].join('\n'),
  )
  const [header] = await graph(project.folder).source.headers()
  expect(header).toMatchObject({
    revision: 'a1',
    parents: [],
    branchLabels: ['billing'],
    dependsOn: ['c1'],
    message: 'Accounts get a locale',
  })
})

test('a merge in SQL does nothing, both ways, and says so', async () => {
  project.put({ 'a1_x/up.sql': up('a1', 'base', ''), 'b1_x/up.sql': up('b1', 'base', '') })
  await make({ revision: 'm1', head: 'heads' })
  expect(read('20261120T101500_m1/up.sql')).toContain('-- revises: a1, b1\n')
  expect(read('20261120T101500_m1/down.sql')).toBe('-- migrate: nothing\n')
})

test('nothing is written over, and nothing is left where one of the files cannot be made', async () => {
  mkdirSync(at('a1_x/down.sql'), { recursive: true })
  const error = await failureOf(
    (async () =>
      makeSqlFiles(at('a1_x'), {
        revision: 'a1',
        parents: [],
        dependsOn: [],
        branchLabels: [],
        message: 'x',
        at: new Date(0),
      }))(),
  )
  expect(error).toMatchObject({ code: 'FILE_NOT_WRITTEN', details: { file: at('a1_x/down.sql') } })
  expect(existsSync(at('a1_x/up.sql'))).toBe(false)
})

test('other parents are written into the line for them, and everything else stays', () => {
  const text = "\uFEFF-- Revises: b1 , b2 \r\n--revision: a1\r\nSELECT '-- revises: b1';\r\n"
  project.put({ 'a1_x/up.sql': text })
  rewriteParents(at('a1_x/up.sql'), ['c1'])
  expect(read('a1_x/up.sql')).toBe(text.replace('b1 , b2 ', 'c1'))
  rewriteParents(at('a1_x/up.sql'), [])
  expect(read('a1_x/up.sql')).toBe(text.replace('b1 , b2 ', 'base'))
})
