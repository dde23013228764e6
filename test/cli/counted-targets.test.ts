import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ensureBuilt, filePath, Project, revision } from './project.ts'

const body = (id: string): string => `  op.createTable('t_${id}', (t) => { t.column('id', integer()) })`
const file = (id: string, parent: string | null): Readonly<Record<string, string>> => ({
  [`migrations/${id}_x.ts`]: revision(id, parent, body(id)),
})

let project: Project
beforeAll(ensureBuilt)
beforeEach(() => {
  project = new Project({ ...file('a111', null), ...file('b111', 'a111'), ...file('c111', 'b111') })
  expect(project.run(['upgrade']).code).toBe(0)
})
afterEach(() => project.remove())

const parentLine = (text: string): string =>
  /downRevision.*= (.*)/.exec(readFileSync(filePath(project.folder, `migrations/${text}`), 'utf8'))?.[1] ?? ''

describe('targets that are counted from the database', () => {
  test('a new revision follows what is applied', () => {
    expect(project.run(['revision', '-m', 'next', '--rev-id', 'n111', '--head', 'current'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('n111 revises c111'),
    })
    expect(parentLine('n111_next.ts')).toBe("'c111'")
    expect(project.run(['heads']).stdout.trim().split('\n')).toHaveLength(1)
  })

  test('a merge joins what is applied with another head', () => {
    project.put(file('e111', 'b111'))
    expect(project.run(['merge', 'current', 'e111', '--rev-id', 'm111'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('m111 joins c111, e111'),
    })
  })

  test('a line is put behind what is applied', () => {
    project.put(file('e111', 'b111'))
    expect(project.run(['rebase', 'e111', '--onto', 'current'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('e111 revises c111 instead of b111'),
    })
  })

  test('what cannot be reached is an error, and no file is made', () => {
    const { code, stderr } = project.run([
      'revision',
      '-m',
      'next',
      '--head',
      'current',
      '--url',
      'postgres://u@127.0.0.1:1/none',
    ])
    expect(code).not.toBe(0)
    expect(stderr).not.toBe('')
    expect(project.run(['heads']).stdout).toContain('c111')
  })

  test('an edit is accepted of whatever a target names', () => {
    const edit = (id: string): void => {
      const path = join(project.folder, `migrations/${id}_x.ts`)
      project.put({ [`migrations/${id}_x.ts`]: `${readFileSync(path, 'utf8')}// edited\n` })
    }
    for (const [id, target] of [
      ['c111', 'head'],
      ['b111', 'b11'],
      ['b111', 'head-1'],
      ['c111', 'current'],
    ] as const) {
      edit(id)
      expect(project.json(['status'])).toMatchObject({ edited: [{ revision: id }] })
      expect(project.run(['stamp', '--accept-edit', target]), target).toMatchObject({ code: 0 })
      expect(project.json(['status']), target).toMatchObject({ edited: [] })
    }
    project.put(file('d111', 'c111'))
    expect(project.json(['stamp', '--accept-edit', 'head'])).toMatchObject({
      error: { code: 'INVALID_DOWNGRADE_TARGET', message: expect.stringContaining('d111') },
    })
  })
})

test('the advice of an ambiguous downgrade reverts the one that it names', () => {
  project.put(file('e111', 'b111'))
  expect(project.run(['upgrade', 'heads']).code).toBe(0)
  const refused = project.json(['downgrade', '-1'])
  expect(refused).toMatchObject({
    error: { code: 'AMBIGUOUS_RELATIVE', remedy: 'Name the line to count in: `c111@-1`, `e111@-1`.' },
  })
  expect(project.run(['downgrade', 'c111@-1']).code).toBe(0)
  expect(project.json(['current'])).toMatchObject({ revisions: [{ revision: 'e111' }] })
})

test('an upgrade without a target continues where one head needs the others, and the advice leads there', () => {
  const needing = (id: string, parent: string, needs: string): Readonly<Record<string, string>> => ({
    [`migrations/${id}_x.ts`]: `${revision(id, parent, body(id))}`.replace(/(dependsOn[^=]*= )\[\]/, `$1['${needs}']`),
  })
  project.put({ ...file('t111', null), ...file('q111', null), ...needing('q222', 'q111', 't111') })
  expect(project.json(['upgrade'])).toMatchObject({
    error: { code: 'MULTIPLE_HEADS', remedy: expect.stringContaining('`migrate merge c111 q222 t111`') },
  })
  expect(project.run(['merge', 'c111', 'q222', '--rev-id', 'm111']).code).toBe(0)
  expect(project.json(['upgrade', 'head'])).toMatchObject({
    error: { code: 'MULTIPLE_HEADS', remedy: expect.stringContaining('`migrate merge m111 t111`') },
  })
  expect(project.run(['upgrade'])).toMatchObject({ code: 0 })
  expect(project.run(['status', '--exit-code'])).toMatchObject({ code: 0 })
  expect(project.run(['merge', 'm111', 't111', '--rev-id', 'm222']).code).toBe(0)
  expect(project.run(['upgrade', 'head'])).toMatchObject({ code: 0 })
  expect(project.json(['current'])).toMatchObject({ revisions: [{ revision: 'm222' }] })
})
