import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { namesElsewhere } from '../../apps/cli/src/command-line/names-elsewhere.ts'
import { bin, ensureBuilt, Project, root, twoRevisions } from './project.ts'

beforeAll(ensureBuilt)
let project: Project
beforeEach(() => {
  project = new Project(twoRevisions)
})
afterEach(() => project.remove())

describe('wrong usage and configuration exit with 2 and say what is wrong', () => {
  test.each([
    [['upgade'], "unknown command 'upgade'", 'did you mean upgrade?'],
    [['status', '--exitcode'], "unknown option '--exitcode'", '--exit-code'],
    [
      ['upgrade', '--dryrun'],
      "unknown option '--dryrun': `migrate plan` shows what upgrade and downgrade would do",
      '--help',
    ],
    [['db', 'push', '--force'], "unknown command 'db push': use `migrate push`", '--help'],
    [['migrate:latest', '--env', 'production'], "unknown command 'migrate:latest': use `migrate upgrade`", '--help'],
    [['upgade', '--to', '5'], "unknown command 'upgade': did you mean upgrade?", '--help'],
    [['lock', 'releas', '--force'], "unknown command 'lock releas': did you mean release?", '--help'],
    [['lock', 'release', '--forc'], "unknown option '--forc'", '--help'],
    [['--forc', 'status'], "unknown option '--forc'", '--help'],
    [['adopt', '--dryrun'], "unknown option '--dryrun': did you mean --dry-run?", '--help'],
    [['downgrade'], "missing required argument 'target'", 'Run `migrate downgrade --help`.'],
    [['upgrade', 'a1', 'b1'], 'too many arguments', '--help'],
    [
      ['revision', '-m', 'x', '--rename', 'a:b', 'c:d', 'e:f'],
      "too many arguments for 'revision'. Expected 0 arguments but got 2. Write --rename before each of its values.\n",
      '--help',
    ],
    [['graph', '-r', 'a1:', 'b1:'], 'b1: and --range a1: are two ranges\n', 'Leave one of the two out.'],
    [['history', ':a1', '--range', 'b1:'], ':a1 and --range b1: are two ranges\n', 'Leave one of the two out.'],
    [
      ['graph', '-r', 'a1:', '-r', 'b1:'],
      "option '-r, --range <from:to>' argument 'b1:' is invalid. It is given more than once.\n",
      '--help',
    ],
    [
      ['erd', '--format', 'dot', '--format', 'svg'],
      "option '--format <format>' argument 'svg' is invalid. It is given more than once.\n",
      '--help',
    ],
    [
      ['status', '-x', 'a=1', 'b=2'],
      "too many arguments for 'status'. Expected 0 arguments but got 1. Write -x before each of its values.\n",
      '--help',
    ],
    [
      ['revision', 'add', 'users', '--rename', 'a:b', '--fill', 'c=1'],
      "too many arguments for 'revision'. Expected 0 arguments but got 2.\n",
      '--help',
    ],
    [['--url'], "option '--url <url>' argument missing", '--help'],
  ])('%j', (args, problem, hint) => {
    const { code, stdout, stderr } = project.run(args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(`error: USAGE: ${problem}`)
    expect(stderr).toContain(hint)
    expect(project.json(args.filter((word) => word !== '--url'))).toMatchObject(
      args.includes('--url') ? { ok: true } : { ok: false, exitCode: 2, error: { code: 'USAGE' } },
    )
  })

  test.each([...namesElsewhere])('migrate %s, as another tool calls it, is answered with migrate %s', (word, ours) => {
    const { code, stderr } = project.run([word])
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringContaining(`unknown command '${word}': use \`migrate ${ours}\``),
    })
    for (const call of ours.split('` or `migrate ').flatMap((each) => each.split('` and `migrate '))) {
      const [command = '', ...rest] = call.split(' ')
      const shown = project.run([command, ...rest.filter((each) => /^[a-z]/.test(each)), '--help'])
      expect({ call, code: shown.code }).toEqual({ call, code: 0 })
      for (const option of rest.filter((each) => /^--?[a-z]/.test(each) && each !== '-1'))
        expect(shown.stdout, call).toMatch(new RegExp(`(^|[ ,])${option}[ ,]`, 'm'))
    }
  })

  test.each([
    ['migrate:latest', 'migrate:latest', 'upgrade'],
    ['migrate:rollback', 'migrate:rollback', 'downgrade -1'],
    ['migrate:make add_users', 'migrate:make', 'revision -m <message>'],
    ['make:migration add_users', 'make:migration', 'revision -m <message>'],
    ['migrate:status', 'migrate:status', 'status'],
    ['migration:revert', 'migration:revert', 'downgrade -1'],
    ['schema:sync', 'schema:sync', 'push'],
    ['db:migrate', 'db:migrate', 'upgrade'],
    ['db:migrate:redo', 'db:migrate:redo', 'downgrade -1` and `migrate upgrade +1'],
    ['db push', 'db push', 'push'],
    ['db pull', 'db pull', 'pull'],
    ['migrate dev', 'migrate dev', 'dev'],
    ['migrate deploy', 'migrate deploy', 'upgrade'],
    ['migrate frobnicate', 'migrate', 'upgrade'],
    ['database update', 'database update', 'upgrade'],
  ])('migrate %s, in the words of another tool, is answered', (given, command, ours) => {
    expect(project.run(given.split(' '))).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(`unknown command '${command}': use \`migrate ${ours}\`\n`),
    })
  })

  test('--help and --version answer on stdout', () => {
    expect(project.run(['--help'])).toMatchObject({
      code: 0,
      stderr: '',
      stdout: expect.stringContaining('Usage: migrate'),
    })
    expect(project.run(['plan', '--help']).stdout).toContain('Usage: migrate plan')
    expect(project.run(['-V']).stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  })

  test('a literal -- in front is ignored', () => {
    expect(project.run(['--', 'status', '--json'], { ownProcess: true })).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('"state":"empty"'),
    })
    expect(project.run(['--'], { ownProcess: true }).stdout).toContain('2 revisions applied')
  })

  test('no configuration: CONFIG_NOT_FOUND names `migrate init` and where it looked, no further than the package', () => {
    rmSync(join(project.folder, 'migrate.config.ts'))
    mkdirSync(join(project.folder, 'a/b'), { recursive: true })
    project.put({ 'a/package.json': '{}' })
    const inner = project.run(['status'], { cwd: join(project.folder, 'a/b') })
    expect(inner.code).toBe(2)
    expect(inner.stderr).toContain('CONFIG_NOT_FOUND')
    expect(inner.stderr).toContain('migrate init')
    expect(inner.stderr).toContain(`${join(project.folder, 'a/b')} or ${join(project.folder, 'a')}\n`)
    expect(project.run(['--config', 'other.ts'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(join(project.folder, 'other.ts')),
    })
  })

  test('every wrong key of the configuration is named with a suggestion', () => {
    project.put({
      'migrate.config.ts':
        "export default { ulr: 'x', migrations: './migrations', tables: { versoin: 'v' }, preserve: { maxBytes: '9' }, transaction: 'all', banana: 1 }\n",
    })
    const { code, stderr } = project.run([])
    expect(code).toBe(2)
    for (const message of [
      'CONFIG_INVALID',
      join(project.folder, 'migrate.config.ts'),
      '`ulr` is not a key of the configuration: did you mean `url`?',
      '`tables.versoin` is not a key of the configuration: did you mean `version`?',
      '`preserve.maxBytes`:',
      '`transaction`:',
      '`banana` is not a key of the configuration: known are url, migrationUrl, lock, driver, key, protected, schema, migrations, ',
    ]) {
      expect(stderr).toContain(message)
    }
    const { details } = project.json([]).error as { details: { problems: readonly string[] } }
    expect(details.problems).toHaveLength(5)
  })

  test.each([
    [
      'neither migrations nor tiers',
      "export default { url: 'sqlite:x.db' }",
      'give `migrations` (a folder) or `tiers`',
    ],
    ['both', "export default { migrations: 'x', tiers: [] }", 'not both'],
    [
      'a file of tables for the schema of the database',
      "export default { migrations: 'x', schema: './src/schema.ts' }",
      'a file that declares tables goes into `autogenerate.schema`',
    ],
    ['not an object', 'export default 7', 'not an object'],
    ['a function that gives none', 'export default () => ({})', 'give `migrations` (a folder) or `tiers`'],
    ['a function that gives a function', 'export default () => () => ({})', 'the default export is a function'],
    ['an empty folder name', "export default { migrations: '' }", '`migrations`: expected a folder'],
    ['a URL of the web', "export default { migrations: new URL('https://a.b/c') }", '`migrations`: expected a folder'],
    ['a file URL of another host', "export default { migrations: 'file://a.b/c' }", '`migrations` names no folder'],
    ['a table without a name', "export default { migrations: 'x', tables: { preserved: '' } }", '`tables.preserved`: '],
    ['no tier at all', 'export default { tiers: [] }', '`tiers`: '],
  ])('%s', (_what, text, message) => {
    project.put({ 'migrate.config.ts': text })
    expect(project.run([])).toMatchObject({ code: 2, stderr: expect.stringContaining(message) })
  })

  test('what a configuration prints is not between the lines of JSON', () => {
    project.put({ 'migrate.config.ts': "console.log('noise')\nexport default { migrations: './migrations' }\n" })
    const { stdout, stderr } = project.run(['heads', '--json'])
    expect(JSON.parse(stdout)).toMatchObject({ tier: 'main' })
    expect(stderr).toBe('noise\n')
  })

  test('a configuration that fails is CONFIG_FAILED with file and line', () => {
    project.put({ 'migrate.config.ts': "interface A {}\n\nthrow new Error('no such secret store')\n" })
    expect(project.run([])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(
        `CONFIG_FAILED: ${join(project.folder, 'migrate.config.ts')}:3: no such secret store`,
      ),
    })
    project.put({ 'migrate.config.ts': 'export const url = 1\n' })
    expect(project.run([]).stderr).toContain('no default export')
  })

  test('an unknown scheme lists the supported ones', () => {
    const oracle = project.run(['--url', 'oracle://h/d'])
    expect(oracle.code).toBe(2)
    expect(oracle.stderr).toMatch(/INVALID_URL.*`oracle`.*postgresql:\/\/.*pglite:<folder>/)
  })

  test('a dialect that is not there names the install line', () => {
    // The command line of this repository has all three beside it: a copy has what its project has.
    const packageFolder = join(project.folder, 'node_modules/@org/alone')
    for (const part of ['bin', 'dist', 'package.json'])
      cpSync(join(root, 'apps/cli', part), join(packageFolder, part), { recursive: true })
    rmSync(join(project.folder, 'migrate.config.ts'))
    project.put({ 'migrate.config.js': "export default { migrations: './migrations' }\n" })
    const { NODE_PATH: _path, ...env } = process.env
    for (const [url, name] of [
      ['postgres://u@h/d', 'postgres'],
      ['mariadb+pymysql://u@h/d', 'mysql'],
    ] as const) {
      const absent = spawnSync(process.execPath, [join(packageFolder, 'bin/migrate.js'), '--url', url], {
        cwd: project.folder,
        encoding: 'utf8',
        env,
      })
      expect([absent.stderr, absent.status]).toEqual([absent.stderr, 2])
      expect(absent.stderr).toContain('DIALECT_NOT_INSTALLED')
      expect(absent.stderr).toContain(`npm install @org/migrate-dialect-${name}`)
      // What npm does, without a registry.
      const [from, to] = [`packages/dialect-${name}`, `node_modules/@org/migrate-dialect-${name}`]
      symlinkSync(join(root, from), join(project.folder, to))
      const elsewhere = spawnSync(
        process.execPath,
        [join(packageFolder, 'bin/migrate.js'), 'status', '--url', url.replace('@h/', '@127.0.0.1:1/')],
        {
          cwd: project.folder,
          encoding: 'utf8',
          env,
        },
      )
      expect(elsewhere.stderr).toContain('error: DATABASE_UNREACHABLE')
    }
  })

  test('an unknown tier names those that there are', () => {
    expect(project.run(['status', '--tier', 'legcy'])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/TIER_UNKNOWN.*main/),
    })
  })

  test('a folder of migrations that is not there', () => {
    rmSync(join(project.folder, 'migrations'), { recursive: true })
    expect(project.run([])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(join(project.folder, 'migrations')),
    })
  })

  test('without dist it says what to do, and runs with what the build makes', () => {
    const copy = join(project.folder, 'cli/bin/migrate.js')
    mkdirSync(dirname(copy), { recursive: true })
    cpSync(bin, copy)
    const { status, stdout, stderr } = spawnSync(process.execPath, [copy], { encoding: 'utf8' })
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toMatch(/The command line is not built[\s\S]*pnpm build/)
    symlinkSync(join(root, 'apps/cli/dist'), join(project.folder, 'cli/dist'))
    expect(spawnSync(process.execPath, [copy, '--version'], { encoding: 'utf8' }).status).toBe(0)
  })

  test('a Node that is too old is refused by its number', () => {
    const old = 'data:text/javascript,process.getBuiltinModule = undefined'
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', old, bin, 'status'], {
      encoding: 'utf8',
    })
    expect({ status, stdout, stderr }).toEqual({
      status: 2,
      stdout: '',
      stderr: `error: USAGE: Node ${process.versions.node} is too old.\n  do      Use Node 20.19, or 22.3 and newer.\n`,
    })
  })
})
