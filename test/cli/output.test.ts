import { spawnSync } from 'node:child_process'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { bin, ensureBuilt, Project, revision, twoRevisions } from './project.ts'

beforeAll(ensureBuilt)
let project: Project
beforeEach(() => {
  project = new Project(twoRevisions)
})
afterEach(() => project.remove())

/** Runs a line of shell in the project. */
function shell(line: string): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  return spawnSync('bash', ['-o', 'pipefail', '-c', line], {
    cwd: project.folder,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, MIGRATE: bin },
  })
}

describe('what is printed', () => {
  test('a reader that goes away ends the printing, not the run', () => {
    const { status, stderr } = shell('node "$MIGRATE" --json | head -n 1 > /dev/null')
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(project.run(['current']).stdout).toContain('b1 (head)')
    expect(shell('node "$MIGRATE" history | true').status).toBe(0)
  })

  /** Once a program has loaded `process.stdout`, its pipe is non-blocking: a write into a full one is refused with EAGAIN. */
  const printing = (count: number): Readonly<Record<string, string>> =>
    Object.fromEntries(
      Array.from({ length: count }, (_, at) => {
        const [id, before] = [`c${at + 10}`, at === 0 ? 'b1' : `c${at + 9}`]
        const text = revision(id, before, `  op.sql(\`SELECT '${'x'.repeat(30_000)}'\`)`)
        return [`migrations/${id}.ts`, `process.stdout.write('')\n${text}`]
      }),
    )

  test('a reader that goes away from a full pipe ends no run, neither for what a revision prints itself', () => {
    project.put({
      ...printing(20),
      'migrations/c30.ts': revision('c30', 'c29', '  process.stdout.write(`of the revision`)'),
    })
    const { status, stderr } = shell('node "$MIGRATE" --json | sleep 0.7')
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(project.run(['current']).stdout).toContain('c30 (head)')
    project.run(['downgrade', 'b1', '--allow-data-loss'])
    expect(shell('node "$MIGRATE" | true')).toMatchObject({ status: 0 })
    expect(project.run(['current']).stdout).toContain('c30 (head)')
  })

  test('a reader that is slow gets each line whole', () => {
    project.put(printing(30))
    const slowly = `node -e "process.stdin.on('data', (part) => { process.stdout.write(part); process.stdin.pause(); setTimeout(() => process.stdin.resume(), 15) })"`
    const { status, stdout } = shell(`node "$MIGRATE" --json | ${slowly}`)
    expect(status).toBe(0)
    const lines = stdout.trim().split('\n')
    expect(lines.filter((line) => !line.startsWith('{"type":') || !line.endsWith('}'))).toEqual([])
    expect(lines.at(-1)).toContain('"ok":true')
  })

  test('colour and the rewritten line are for terminals only', () => {
    const esc = '\u001B'
    const { stdout, stderr } = project.run([])
    expect(stdout + stderr).not.toContain(esc)
    project.run(['downgrade', 'base'])
    const terminal = shell('script -qec "node $MIGRATE" /dev/null')
    expect(terminal.status).toBe(0)
    expect(terminal.stdout).toContain(`\r${esc}[2K[1/2] up   main:a1  accounts`)
    expect(terminal.stdout).toContain(`${esc}[32mdone`)
    project.run(['downgrade', 'base'])
    const plain = shell('NO_COLOR=1 script -qec "node $MIGRATE" /dev/null').stdout
    expect(plain).toContain('done')
    expect(plain).not.toContain(`${esc}[32m`)
    expect(project.run(['upgrade', 'nope'], { env: { FORCE_COLOR: '1' } }).stderr).toContain(`${esc}[31merror:`)
  })

  test('the rows of a data step are counted on a terminal', () => {
    project.put({
      'migrations/c1_fill.ts': revision(
        'c1',
        'b1',
        "  op.run('fill', { up: async (db) => { await db.backfill({ table: 'accounts', key: ['id'], columns: ['name'], batch: 1, step: () => {} }) }, down: 'none' })",
      ),
    })
    expect(shell('script -qec "node $MIGRATE" /dev/null').stdout).toMatch(/main:c1 {2}about c1 {2}fill.*: 1/)
  })

  test('on a narrow terminal the title gives way, and the number stays', () => {
    project.put({
      'migrations/c1_fill.ts': revision(
        'c1',
        'b1',
        "  op.run('the names of all accounts are filled in', { up: async (db) => { await db.backfill({ table: 'accounts', key: ['id'], columns: ['name'], batch: 1, step: () => {} }) }, down: 'none' })",
        'a message that is longer than a narrow terminal is wide',
      ),
    })
    const { stdout } = shell('script -qec "stty cols 60; node $MIGRATE" /dev/null')
    const drawn = stdout.split('\r\u001B[2K').map((text) => text.split(/[\r\n]/)[0] ?? '')
    const counted = drawn.filter((text) => /: 1(\/1)?$/.test(text))
    expect(counted.length, JSON.stringify(drawn)).toBeGreaterThan(0)
    expect(counted[0]).toMatch(/^\[3\/3\] /)
    expect(Math.max(...drawn.filter((text) => !text.includes('\u001B')).map((text) => text.length))).toBeLessThan(60)
  })

  const canary = 'c4n4ry/p@ss'
  test.each([
    ['a URL as an option', ['--url', `postgres://user:${canary}@localhost/db`], {}],
    ['a URL in the environment', [], { APP_URL: `mysql://user:${encodeURIComponent(canary)}@localhost/db` }],
    ['an unknown scheme', ['--url', `oracle://user:${canary}@localhost/db`], {}],
    ['an option glued to a URL', [`--ulr=postgres://user:${canary}@localhost/db`], {}],
    ['a URL as a target', ['upgrade', `postgres://user:${canary}@localhost/db`], {}],
    ['a URL as a command', [`postgres://user:${canary}@localhost/db`], {}],
    ['the variable of the driver', ['upgrade', 'c4n4ry-word'], { PGPASSWORD: 'c4n4ry-word' }],
    ['a parameter of the URL', ['--url', `oracle://localhost/db?password=${canary}`], {}],
  ])('no password in any output: %s', (_what, args, env) => {
    for (const extra of [[], ['--json']]) {
      const { stdout, stderr, code } = project.run([...args, ...extra], { env })
      expect(code).not.toBe(0)
      expect(stderr).toContain('error: ')
      for (const form of [canary, encodeURIComponent(canary), 'c4n4ry']) expect(stdout + stderr).not.toContain(form)
    }
  })

  test('not in an error that a revision throws, nor in a stack', () => {
    project.put({
      'migrations/c1_leak.ts': revision(
        'c1',
        'b1',
        '  op.run("x", async () => { throw new Error("cannot reach " + process.env.OTHER_URL) })',
      ),
    })
    const { stderr, stdout } = project.run(['--json'], { env: { OTHER_URL: `https://user:${canary}@localhost/x` } })
    expect(stderr).toContain('cannot reach https://user:***@localhost/x')
    expect(stderr + stdout).not.toContain('c4n4ry')
  })
})
