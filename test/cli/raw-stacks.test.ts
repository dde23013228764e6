import { readdirSync } from 'node:fs'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ensureBuilt, Project, revision, twoRevisions } from './project.ts'

beforeAll(ensureBuilt)
let project: Project
beforeEach(() => {
  project = new Project(twoRevisions)
})
afterEach(() => project.remove())

const raw = /^\s+at .*\(?(?:node:|file:).*:\d+|Node\.js v\d+|node:internal/m

describe('no raw stack is printed', () => {
  test.each([
    ['a number', 'Object.assign(new Error("odd"), { stack: 5 })'],
    ['an object', 'Object.assign(new Error("odd"), { stack: {} })'],
    ['null', 'Object.assign(new Error("odd"), { stack: null })'],
    ['a getter that throws', 'Object.defineProperty(new Error("odd"), "stack", { get() { throw new Error("odd") } })'],
    ['none, nor a prototype', 'Object.create(null)'],
    ['that of a proxy', 'new Proxy({}, { get() { throw new Error("odd") }, has() { throw new Error("odd") } })'],
  ])(
    'where an error has %s for a stack',
    (_what, thrown) => {
      for (const [file, text] of [
        ['migrations/c1_odd.ts', revision('c1', 'b1', `  throw ${thrown}`)],
        ['migrations/c1_odd.ts', revision('c1', 'b1', `  op.run('odd', async () => { throw ${thrown} })`)],
        ['migrations/c1_odd.ts', `throw ${thrown}\n${revision('c1', 'b1', '')}`],
      ] as const) {
        project.put({ [file]: text })
        for (const args of [['upgrade'], ['plan'], ['check']]) {
          const { code, stdout, stderr } = project.run(args)
          expect([args, code]).toEqual([args, expect.toBeOneOf([0, 1, 3])])
          expect(stdout + stderr).not.toMatch(/TypeError|is not a function|INTERNAL/)
        }
      }
      project.put({ 'migrate.config.ts': `throw ${thrown}\n` })
      expect(project.run(['status'])).toMatchObject({ code: 2, stderr: expect.stringContaining('CONFIG_FAILED') })
    },
    120_000,
  )

  test('where a timer of a revision throws during the command or after it', () => {
    for (const ms of [0, 400]) {
      project.put({
        'migrations/c1_timer.ts': revision('c1', 'b1', `  setTimeout(() => { throw new Error('late timer') }, ${ms})`),
      })
      for (const args of [['plan'], ['check'], ['upgrade', '--sql']]) {
        const { code, stderr } = project.run(args, { ownProcess: true })
        expect([args, ms, code]).toEqual([args, ms, 1])
        expect(stderr).toMatch(/error: ENDED_EARLY: [^\n]*late timer/)
        expect(stderr).not.toMatch(raw)
      }
    }
    expect(readdirSync(project.folder)).not.toContain('app.db')
  })

  test('where a path has 60,000 characters', () => {
    const long = 'x/'.repeat(30_000)
    for (const args of [
      ['status', '--config', `${long}migrate.config.ts`],
      ['status', '--url', `sqlite:${long}app.db`],
      ['status', '--url', `${long}app.db`],
      ['upgrade', '--url', `sqlite:${long}app.db`],
      ['doctor', '--url', `sqlite:${long}app.db`],
      ['upgrade', '--backup', `${long}b.db`],
      ['upgrade', '--sql', '--out', `${long}up.sql`],
      ['revision', '-m', 'x', '--version-path', long],
      ['adopt', '--import', 'sql', long],
      ['init', '--folder', long],
      ['diff', `sqlite:${long}a.db`, `sqlite:${long}b.db`],
    ]) {
      const { code, stdout, stderr } = project.run(args)
      expect([args.slice(0, 2), code, `${stdout}${stderr}`.slice(0, 300)]).toEqual([
        args.slice(0, 2),
        expect.toBeOneOf([1, 2]),
        expect.stringMatching(/error: (?!INTERNAL)[A-Z_]+:/),
      ])
      expect(stderr).not.toMatch(raw)
    }
    project.put({
      'migrate.config.ts': `export default { url: 'sqlite:app.db', migrations: './${long}', autogenerate: { schema: './${long}s.ts' } }\n`,
    })
    for (const args of [['status'], ['check'], ['revision', '-m', 'x'], ['revision', '--autogenerate']]) {
      const { code, stderr } = project.run(args)
      expect([args, code, stderr.slice(0, 300)]).toEqual([
        args,
        expect.toBeOneOf([1, 2]),
        expect.stringMatching(/error: (?!INTERNAL)/),
      ])
    }
  })
})
