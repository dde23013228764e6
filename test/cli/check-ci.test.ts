import { execFile, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { json } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { describeOn } from '../kit/servers.ts'
import { bin, ensureBuilt, Project, revision, root, twoRevisions } from './project.ts'

beforeAll(ensureBuilt)
const projects: Project[] = []
afterEach(() => {
  for (const project of projects.splice(0)) project.remove()
})

const c1 = revision('c1', 'b1', "  op.alterTable('accounts', (t) => t.addColumn('phone', varchar(20)))").replace(
  /^import .*$/m,
  "import { type OperationRecorder, varchar } from '@org/migrate-core'",
)

interface Repository {
  readonly project: Project
  git(...args: readonly string[]): string
  commit(message: string): void
  check(...args: readonly string[]): ReturnType<Project['run']>
}

/** A project whose branch `change` is checked out, and adds nothing yet to `main`. */
function repository(env: NodeJS.ProcessEnv = {}, files: Readonly<Record<string, string>> = {}): Repository {
  const project = new Project({ ...twoRevisions, '.gitignore': 'node_modules\napp.db*\n', ...files })
  projects.push(project)
  const git = (...args: readonly string[]): string => {
    const identity = ['-c', 'user.name=Ann', '-c', 'user.email=x@example.com', '-c', 'commit.gpgsign=false']
    const { status, stdout, stderr } = spawnSync('git', [...identity, ...args], {
      cwd: project.folder,
      encoding: 'utf8',
    })
    expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' })
    return stdout.trim()
  }
  const commit = (message: string): void => {
    git('add', '.')
    git('commit', '-qm', message)
  }
  git('init', '-q', '-b', 'main')
  commit('accounts')
  git('checkout', '-qb', 'change')
  const check = (...args: readonly string[]) =>
    project.run(['check', '--ci', '--base', 'main', ...args], { env: { GITHUB_ACTIONS: '', ...env } })
  return { project, git, commit, check }
}

interface CommentServer {
  readonly comments: { id: number; body: string }[]
  readonly writes: { request: string; body: string }[]
  env(kind: 'github' | 'gitlab'): NodeJS.ProcessEnv
}

/** The two calls of GitHub and GitLab that comments take, on a page of one hundred, of which one is of another program. */
async function commentServer(): Promise<CommentServer> {
  const comments = [{ id: 1, body: 'Looks good.' }]
  const writes: CommentServer['writes'] = []
  const server = createServer(async (request, response) => {
    const { method = '', url = '', headers } = request
    const answer = (status: number, value: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
    }
    if (headers.authorization !== 'Bearer secret-token' && headers['private-token'] !== 'secret-token') {
      return answer(401, { message: 'Bad credentials' })
    }
    if (method === 'GET') return answer(200, comments)
    const { body } = (await json(request)) as { body: string }
    writes.push({ request: `${method} ${url}`, body })
    if (method === 'POST') comments.push({ id: 7, body })
    answer(method === 'POST' ? 201 : 200, {})
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const api = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const event = join(mkdtempSync(join(tmpdir(), 'event-')), 'event.json')
  writeFileSync(event, '{"pull_request":{"number":3}}')
  onTestFinished(() => rmSync(dirname(event), { recursive: true }))
  return {
    comments,
    writes,
    env: (kind) =>
      kind === 'github'
        ? {
            GITHUB_ACTIONS: 'true',
            GITHUB_API_URL: api,
            GITHUB_REPOSITORY: 'org/app',
            GITHUB_EVENT_PATH: event,
            GITHUB_TOKEN: 'secret-token',
          }
        : {
            GITHUB_ACTIONS: '',
            GITLAB_CI: 'true',
            CI_API_V4_URL: api,
            CI_PROJECT_ID: '12',
            CI_MERGE_REQUEST_IID: '3',
            GITLAB_TOKEN: 'secret-token',
          },
  }
}

const read = ({ project }: Repository, file: string): string => readFileSync(join(project.folder, file), 'utf8')

describe('migrate check --ci', () => {
  test('passes a change that adds nothing, and one whose revision is right; the database is not made', () => {
    const at = repository()
    const fork = at.git('rev-parse', 'main')
    expect(at.check()).toMatchObject({
      code: 0,
      stdout: `main, left at ${fork.slice(0, 12)}: no new revision, no problem\n`,
    })
    at.project.put({ 'migrations/c1_phone.ts': c1 })
    const { code, stdout } = at.check()
    expect(stdout).toBe(`main, left at ${fork.slice(0, 12)}: 1 new revision, no problem\nok  main:c1  about c1\n`)
    expect(code).toBe(0)
    expect(spawnSync('ls', [at.project.folder], { encoding: 'utf8' }).stdout).not.toContain('app.db')
    expect(at.git('status', '--porcelain')).toBe('?? migrations/c1_phone.ts')
  })

  test('finds files of the base branch that were edited or are gone', () => {
    const at = repository()
    const { 'migrations/b1_locale.ts': b1 = '' } = twoRevisions
    expect(b1).not.toBe('')
    at.project.put({ 'migrations/b1_locale.ts': b1.replace('varchar(12)', 'varchar(13)') })
    const edited = at.check()
    expect(edited.stdout).toMatch(
      /^problem \(base branch, edited\): Revision b1 is on main, and its file was edited\.$/m,
    )
    expect(edited.stdout).toMatch(/^ {2}in \S+\/migrations\/b1_locale\.ts$/m)
    expect(edited.code).toBe(3)
    expect(edited.stdout).toMatch(/^ {2}Restore the file, and put the change into a new revision: /m)
    at.project.put({
      'migrations/b1_locale.ts': b1,
      'migrations/c1_longer.ts': c1.replace(
        "t.addColumn('phone', varchar(20))",
        "t.alterColumn('locale', { type: varchar(13) })",
      ),
    })
    expect(at.check()).toMatchObject({ code: 0 })
    rmSync(join(at.project.folder, 'migrations/c1_longer.ts'))
    // A checkout on Windows has other line ends.
    at.project.put({ 'migrations/b1_locale.ts': b1.replaceAll('\n', '\r\n') })
    expect(at.check().code).toBe(0)
    rmSync(join(at.project.folder, 'migrations/b1_locale.ts'))
    const removed = at.check()
    expect(removed.stdout).toMatch(
      /^problem \(base branch, file missing\): Revision b1 is on main, and its file is gone\.$/m,
    )
    expect(removed.code).toBe(3)
    expect(removed.stdout).toMatch(/^ {2}Restore the file: databases that have applied it need it\.$/m)
    at.git('checkout', '-q', '--', 'migrations/b1_locale.ts')
    expect(at.check().code).toBe(0)
  })

  test('takes a squash, finds an edited revision of its range, and takes the prune that follows', () => {
    const at = repository()
    expect(at.project.run(['squash', 'a1:b1', '--rev-id', 's1'])).toMatchObject({ code: 0 })
    at.commit('squash')
    const squashed = at.check()
    expect(squashed.code, squashed.stdout).toBe(0)
    const text = read(at, 'migrations/b1_locale.ts')
    at.project.put({ 'migrations/b1_locale.ts': text.replace("default: 'en'", "default: 'de'") })
    const edited = at.check()
    expect(edited.code).toBe(3)
    expect(edited.stdout).toContain('Revision b1 is on main, and its file was edited.')
    at.project.put({ 'migrations/b1_locale.ts': text })
    // A colleague who does not know of it adds a revision behind the end of the range.
    at.git('checkout', '-q', 'main')
    at.project.put({ 'migrations/c1_phone.ts': c1 })
    at.commit('phone')
    at.git('checkout', '-q', 'change')
    const merging = at.check()
    expect(merging.code, merging.stdout).toBe(0)
    at.git('merge', '-q', '--no-edit', 'main')
    at.git('checkout', '-q', 'main')
    at.git('merge', '-q', '--no-edit', 'change')
    at.git('checkout', '-qb', 'prune')
    expect(at.project.run(['squash', '--prune'])).toMatchObject({ code: 0 })
    at.commit('prune')
    const pruned = at.check()
    expect(pruned.code, pruned.stdout).toBe(0)
  })

  test('finds the second head that the merge would make, and none once the change is put behind it', () => {
    const at = repository()
    at.project.put({ 'migrations/c1_phone.ts': c1 })
    at.commit('phone')
    at.git('checkout', '-q', 'main')
    at.project.put({ 'migrations/d1_mail.ts': c1.replaceAll('c1', 'd1').replace('phone', 'mail') })
    at.commit('mail')
    at.git('checkout', '-q', 'change')
    const { code, stdout } = at.check()
    expect(stdout).toMatch(
      /^problem \(base branch, several heads\): With what main has by now there would be 2 heads: c1, d1\.$/m,
    )
    expect(code).toBe(3)
    at.git('merge', '-q', '--no-edit', 'main')
    expect(at.project.run(['rebase', 'c1', '--onto', 'd1'])).toMatchObject({ code: 0 })
    expect(at.check()).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/1 new revision, no problem\nok {2}main:c1 {2}about c1$/m),
    })
  })

  test('finds branches that change the same objects, until one comes after the other', () => {
    const at = repository()
    at.project.put({
      'migrate.config.ts': `import { defineConfig } from '@org/cli'\nexport default defineConfig({ url: 'sqlite:./app.db', migrations: './migrations', heads: 'several' })\n`,
      'migrations/c1_phone.ts': c1.replace('[] = []', "[] = ['phones']"),
      'migrations/d1_phone.ts': c1.replaceAll('c1', 'd1').replace('[] = []', "[] = ['mails']"),
    })
    const { code, stdout } = at.check()
    expect(stdout).toMatch(/^problem \(branches, conflict\): The branches of c1 and d1 change the same objects\.$/m)
    expect(stdout).toMatch(/^ {2}Inspect both, then state in one of the revisions, or in the merge, what is valid\.$/m)
    expect(code).toBe(3)
    at.project.put({
      'migrations/d1_phone.ts': c1
        .replaceAll('c1', 'd1')
        .replace('b1', 'c1')
        .replace('phone', 'mail')
        .replace('[] = []', "[] = ['mails']"),
    })
    const ordered = at.check()
    expect(ordered.stdout).toMatch(/2 new revisions, no problem/)
    expect(ordered.code).toBe(0)
  })

  test('of many pairs of branches in conflict the first are printed', () => {
    const at = repository()
    const ids = Array.from({ length: 7 }, (_, of) => `c${of}`)
    at.project.put({
      'migrate.config.ts': `import { defineConfig } from '@org/cli'\nexport default defineConfig({ url: 'sqlite:./app.db', migrations: './migrations', heads: 'several' })\n`,
      ...Object.fromEntries(
        ids.map((id) => [`migrations/${id}_phone.ts`, c1.replaceAll('c1', id).replace('[] = []', `[] = ['of_${id}']`)]),
      ),
    })
    const lines = at.check('--out', 'found.md', 'found.sarif').stdout.trimEnd().split('\n')
    expect(lines.filter((each) => each.startsWith('problem (branches, conflict): '))).toHaveLength(20)
    expect(lines.at(-1)).toBe('and 1 more pair of branches in conflict')
    expect(read(at, 'found.md')).toMatch(/^- and 1 more pair of branches in conflict$/m)
    expect(read(at, 'found.sarif').match(/"ruleId": "branches\/conflict"/g)).toHaveLength(21)
  })

  test('tries the new revisions; the findings stand in the log, beside the lines, and in files', () => {
    const at = repository({ GITHUB_ACTIONS: 'true' })
    at.project.put({
      'migrations/c1_phone.ts': `${c1}\nexport function downgrade(op: OperationRecorder) {\n  op.alterTable('accounts', (t) => t.dropColumn('locale'))\n}\n`,
    })
    const { code, stdout } = at.check('--out', 'out.sarif', 'out.xml', 'out.md')
    expect(stdout).toMatch(/^problem {2}main:c1 {2}about c1$/m)
    expect(stdout).toMatch(
      /^::error file=migrations\/c1_phone\.ts,line=1,title=migrate%3A schema after downgrade::.+%0A- .+$/m,
    )
    expect(code).toBe(3)
    const log = JSON.parse(read(at, 'out.sarif'))
    expect(log.version).toBe('2.1.0')
    expect(log.runs[0].results).toContainEqual(
      expect.objectContaining({
        ruleId: 'revision/schema-after-downgrade',
        level: 'error',
        locations: [
          {
            physicalLocation: {
              artifactLocation: { uri: 'migrations/c1_phone.ts' },
              region: { startLine: 1 },
            },
          },
        ],
      }),
    )
    expect(read(at, 'out.xml')).toMatch(/<testsuites name="migrate check" tests="2" failures="1" skipped="0">/)
    const page = read(at, 'out.md')
    expect(page).toMatch(/^<!-- migrate check -->\n### Migrations: 1 new revision, [12] problems?\n/)
    expect(page).toMatch(/^\| c1 \| about c1 \|/m)
    expect(page).toContain('```mermaid\nerDiagram')
    expect(page).toMatch(/phone/)
  })

  test.for([
    ['github', 'PATCH /repos/org/app/issues/comments/7'],
    ['gitlab', 'PUT /projects/12/merge_requests/3/notes/7'],
  ] as const)('writes one comment on %s, and replaces it the next time', async ([kind, replacing]) => {
    const server = await commentServer()
    const at = repository(server.env(kind))
    at.project.put({ 'migrations/c1_phone.ts': c1 })
    const env = server.env(kind)
    const run = () => at.project.start(['check', '--ci', '--base', 'main', '--comment'], { env }).ended
    expect(await run()).toMatchObject({ code: 0, stderr: '' })
    expect(await run()).toMatchObject({ code: 0, stderr: '' })
    expect(server.writes.map(({ request }) => request)).toEqual([expect.stringMatching(/^POST /), replacing])
    for (const { body } of server.writes)
      expect(body).toMatch(/^<!-- migrate check -->\n### Migrations: 1 new revision/)
    expect(server.comments).toHaveLength(2)
    const refused = await at.project.start(['check', '--ci', '--base', 'main', '--comment'], {
      env: { ...env, GITHUB_TOKEN: 'wrong-token', GITLAB_TOKEN: 'wrong-token' },
    }).ended
    expect(refused).toMatchObject({ code: 0, stderr: expect.stringMatching(/the comment was not written: .*401/) })
    expect(refused.stderr).not.toContain('wrong-token')
  })

  test('the script of the GitHub Action writes the summary and fails with the findings', () => {
    const at = repository()
    at.project.put({ 'migrations/c1_phone.ts': `${c1}\nexport function downgrade() {}\n` })
    const [, script = ''] = /\n {6}run: \|\n([\s\S]*)$/.exec(readFileSync(join(root, 'action.yml'), 'utf8')) ?? []
    mkdirSync(join(at.project.folder, 'node_modules/.bin'), { recursive: true })
    symlinkSync(bin, join(at.project.folder, 'node_modules/.bin/migrate'))
    const temporary = mkdtempSync(join(tmpdir(), 'runner-'))
    onTestFinished(() => rmSync(temporary, { recursive: true }))
    const file = (name: string): string => join(temporary, name)
    const { status, stdout, stderr } = spawnSync('bash', ['-e', '-o', 'pipefail', '-c', script], {
      cwd: at.project.folder,
      encoding: 'utf8',
      env: {
        ...process.env,
        GITHUB_ACTIONS: 'true',
        RUNNER_TEMP: temporary,
        GITHUB_OUTPUT: file('output'),
        GITHUB_STEP_SUMMARY: file('summary'),
        INPUT_BASE: 'main',
        INPUT_COMMENT: 'false',
      },
    })
    expect(stdout, stderr).toMatch(/^::error file=migrations\/c1_phone\.ts,/m)
    expect(status).toBe(3)
    expect(readFileSync(file('summary'), 'utf8')).toMatch(/^### Migrations: 1 new revision, /m)
    expect(readFileSync(file('output'), 'utf8')).toBe(`sarif=${file('migrate.sarif')}\n`)
    expect(JSON.parse(readFileSync(file('migrate.sarif'), 'utf8')).version).toBe('2.1.0')
  })

  test('the job of the GitLab template writes its report and the comment, and fails with the findings', async () => {
    const server = await commentServer()
    const at = repository()
    at.git('update-ref', 'refs/remotes/origin/main', 'main')
    at.project.put({ 'migrations/c1_phone.ts': `${c1}\nexport function downgrade() {}\n` })
    const [, script = ''] =
      /\n {2}script:\n((?: {4}- .*\n)+)/.exec(readFileSync(join(root, 'gitlab.yml'), 'utf8')) ?? []
    mkdirSync(join(at.project.folder, 'node_modules/.bin'), { recursive: true })
    symlinkSync(bin, join(at.project.folder, 'node_modules/.bin/migrate'))
    const run = async (token: string) =>
      promisify(execFile)('sh', ['-ec', script.replaceAll(/^ {4}- /gm, '')], {
        cwd: at.project.folder,
        env: {
          ...process.env,
          ...server.env('gitlab'),
          GITLAB_TOKEN: token,
          GITHUB_BASE_REF: '',
          CI_MERGE_REQUEST_TARGET_BRANCH_NAME: 'main',
          CI_PROJECT_DIR: at.project.folder,
          MIGRATE_FOLDER: '.',
        },
      })
    await expect(run('')).rejects.toMatchObject({ code: 3 })
    expect(server.writes).toEqual([])
    await expect(run('secret-token')).rejects.toMatchObject({ code: 3 })
    expect(server.writes).toEqual([
      { request: 'POST /projects/12/merge_requests/3/notes', body: expect.stringMatching(/^<!-- migrate check -->/) },
    ])
    expect(read(at, 'migrate.xml')).toMatch(/<testsuites name="migrate check" tests="2" failures="1" skipped="0">/)
  })

  test('takes the base branch from what the CI server says', () => {
    const at = repository()
    at.git('update-ref', 'refs/remotes/origin/main', 'main')
    for (const env of [{ GITHUB_BASE_REF: 'main' }, { CI_MERGE_REQUEST_TARGET_BRANCH_NAME: 'main' }]) {
      expect(at.project.run(['check', '--ci'], { env: { GITHUB_BASE_REF: '', ...env } })).toMatchObject({
        code: 0,
        stdout: expect.stringMatching(/^origin\/main, left at /),
      })
    }
  })

  test.for([
    [
      ['--ci', '--base', 'nowhere'],
      /the branch nowhere that the change goes into cannot be read/,
      ['--ci', '--base', 'main'],
    ],
    [['--ci', '--base=--upload-pack=x'], /cannot be read/, ['--ci', '--base=main']],
    [['--ci', '--base=main', '--data'], /--ci and --data exclude each other/, ['--ci', '--base=main']],
    [
      ['--ci', '--base=main', '--out', 'x.html'],
      /x\.html has no ending that --out knows/,
      ['--ci', '--base=main', '--out', 'x.md'],
    ],
    [['--base', 'main'], /--base belongs to --ci/, ['--ci', '--base', 'main']],
  ] as const)('refuses %s, and its advice works', ([args, problem, better]) => {
    const { project } = repository()
    const { code, stderr } = project.run(['check', ...args], { env: { GITHUB_BASE_REF: '' } })
    expect(stderr).toMatch(problem)
    expect(code).toBe(2)
    expect(project.run(['check', ...better], { env: { GITHUB_BASE_REF: '' } })).toMatchObject({ code: 0 })
  })

  test('says what is missing where there is no repository', () => {
    const project = new Project(twoRevisions)
    projects.push(project)
    const { code, stderr } = project.run(['check', '--ci'], { env: { GITHUB_BASE_REF: '' } })
    expect(stderr).toMatch(
      /origin\/HEAD that the change goes into cannot be read: [^\n]*not a git repository[^\n]*\n {2}do /,
    )
    expect(code).toBe(2)
  })
})

describeOn('postgres', 'migrate check --ci on PostgreSQL', (createDatabase) => {
  test('tries new revisions on a shadow database, and leaves the own one as it was', async () => {
    const { url, sql } = await createDatabase()
    const at = repository({ APP_URL: url })
    at.project.put({ 'migrations/c1_phone.ts': c1 })
    const { code, stdout, stderr } = at.check('--out', 'out.md')
    expect(stdout, stderr).toMatch(/1 new revision, no problem\nok {2}main:c1 {2}about c1\n$/)
    expect(code).toBe(0)
    expect(read(at, 'out.md')).toMatch(
      /^\| c1 \| about c1 \| .* \| accounts \(AccessExclusiveLock\) \| .* \| tested \|$/m,
    )
    expect(await sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).toEqual([])
  })
})
