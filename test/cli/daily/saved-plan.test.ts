import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { revision, twoRevisions } from '../project.ts'
import { cleanDesks, configOf, desk, onEachDatabase } from './kit.ts'

cleanDesks()

const files = { ...twoRevisions, 'migrate.config.ts': configOf() }
const codeOf = (answer: Record<string, unknown>): unknown => (answer.error as { code: string } | undefined)?.code

onEachDatabase('a saved plan', (open) => {
  test('is run as it was reviewed, up and down, and not a second time', async () => {
    const at = await open(files)
    expect(at.run('plan', 'a1', '--out', 'plan.json')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^written to \S+plan\.json\n$/),
    })
    const plan = JSON.parse(readFileSync(join(at.project.folder, 'plan.json'), 'utf8'))
    expect(plan).toMatchObject({ version: 2, direction: 'up', steps: [{ revision: 'a1' }] })
    const { code, stdout, stderr } = at.run('upgrade', '--plan', 'plan.json')
    expect(code, stderr).toBe(0)
    expect(stdout).toMatch(/: 1 revision applied in .*, now at a1\n$/)
    expect(stderr).toContain('[1/1] up   main:a1  accounts')
    expect(codeOf(at.json('upgrade', '--plan', 'plan.json'))).toBe('PLAN_STALE')
    expect(at.run('plan', 'base', '--out', 'plan.json').code).toBe(0)
    expect(at.run('downgrade', '--plan', 'plan.json').stdout).toMatch(/1 revision reverted in .*, now at base/)
    expect(await at.tables()).toEqual([])
  })

  test('ends where the database, the statements or the function of a data step are others now, and changes nothing', async () => {
    const step = (text: string): string =>
      revision('c1', 'b1', `  op.run('fill', async (db) => { await db.execute('${text}') })`)
    const at = await open({ ...files, 'migrations/c1_fill.ts': step('UPDATE "accounts" SET "name" = 1') })
    const stale = (): void => {
      const answer = at.json('upgrade', '--plan', 'plan.json')
      expect(answer).toMatchObject({ exitCode: 1, error: { code: 'PLAN_STALE' } })
    }
    at.run('plan', '--out', 'plan.json')
    at.project.put({ 'migrations/c1_fill.ts': step('UPDATE "accounts" SET "name" = 2') })
    stale()
    at.run('plan', '--out', 'plan.json')
    at.project.put({
      'migrations/b1_locale.ts': revision('b1', 'a1', "  op.createTable('x', (t) => { t.column('id', integer()) })"),
    })
    stale()
    at.run('plan', '--out', 'plan.json')
    expect(await at.tables()).toEqual([])
    at.run('upgrade', 'a1')
    stale()
    expect(await at.tables()).toEqual(['accounts'])
  })

  test('ends where a data step would get other arguments', async () => {
    const step = revision(
      'c1',
      'b1',
      `  op.run('note', async (db) => { await db.execute('UPDATE "accounts" SET "name" = 1') })`,
    )
    const at = await open({ ...files, 'migrations/c1_note.ts': step })
    at.run('plan', '-x', 'who=Ada', '--out', 'plan.json')
    for (const given of [[], ['-x', 'who=Eva']])
      expect(at.json('upgrade', '--plan', 'plan.json', ...given)).toMatchObject({ error: { code: 'PLAN_STALE' } })
    expect(await at.tables()).toEqual([])
    expect(at.run('upgrade', '--plan', 'plan.json', '-x', 'who=Ada').code).toBe(0)
  })
})

describe('the file of a plan', () => {
  test('of another database is refused, and both are named', () => {
    const at = desk(files)
    at.run('plan', '--out', 'plan.json', '--url', 'sqlite:other.db')
    expect(at.run('upgrade', 'a1').code).toBe(0)
    const { error } = at.json('upgrade', '--plan', 'plan.json')
    const [other, app] = ['other.db', 'app.db'].map((name) => join(at.project.folder, name))
    expect(error).toMatchObject({
      code: 'PLAN_STALE',
      message: `The plan was made for ${other}, and ${app} has another one.`,
      remedy: `Plan for ${app}, or run the plan on the database that it was made for.`,
    })
    expect(at.run('upgrade', '--plan', 'plan.json', '--url', 'sqlite:other.db').code).toBe(0)
  })

  test('that is none is refused, and so is one that leads the other way, or a target beside it', () => {
    const at = desk(files)
    at.run('plan', '--out', 'plan.json')
    const refused = (...args: readonly string[]) => at.json(...args).error as { code: string; message: string }
    expect(refused('upgrade', '--plan', 'other.json').message).toMatch(/other\.json is no plan: ENOENT/)
    at.project.put({ 'other.json': '{"steps": [' })
    expect(refused('upgrade', '--plan', 'other.json').message).toMatch(/other\.json is no plan: it is no JSON/)
    at.project.put({ 'other.json': '{"steps": []}' })
    expect(refused('upgrade', '--plan', 'other.json')).toMatchObject({ code: 'INVALID_OPTION' })
    expect(refused('downgrade', '--plan', 'plan.json')).toMatchObject({
      code: 'USAGE',
      message: 'plan.json is the plan of an upgrade',
    })
    expect(refused('upgrade', 'a1', '--plan', 'plan.json').code).toBe('USAGE')
    expect(refused('upgrade', '--plan', 'plan.json', '--sql').code).toBe('USAGE')
    expect(refused('downgrade').message).toBe("missing required argument 'target'")
    expect(at.json('upgrade', '--plan', 'plan.json')).toMatchObject({ ok: true, applied: ['main:a1', 'main:b1'] })
  })

  test('replaces an older plan, and nothing else', () => {
    const at = desk({ ...files, 'notes.json': '{"mine": true}' })
    expect(codeOf(at.json('plan', '--out', 'notes.json'))).toBe('FILE_NOT_WRITTEN')
    expect(readFileSync(join(at.project.folder, 'notes.json'), 'utf8')).toBe('{"mine": true}')
    expect(at.json('plan', 'a1', '--out', 'plan.json')).toMatchObject({ steps: 1 })
    expect(at.json('plan', '--out', 'plan.json')).toMatchObject({ steps: 2 })
  })
})
