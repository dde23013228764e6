import { createHash } from 'node:crypto'
import { existsSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'

import { afterEach, beforeAll, expect, it } from 'vitest'
import { ensureBuilt, Project, root } from '../../cli/project.ts'
import { describeOnEach, type TestDatabase } from '../../kit/servers.ts'

beforeAll(ensureBuilt)
const projects: Project[] = []
afterEach(() => {
  for (const project of projects.splice(0)) project.remove()
})

type Folder = readonly (readonly [name: string, ...statements: string[]])[]

const textOf = (statements: readonly string[]): string => statements.map((each) => `${each};\n`).join('')

/** A project with Prisma's folder, and a database that it made. */
async function prismaProject({ sql }: TestDatabase, folder: Folder, before: readonly string[] = []): Promise<Project> {
  const project = new Project(
    Object.fromEntries(folder.map(([name, ...statements]) => [`prisma/${name}/migration.sql`, textOf(statements)])),
  )
  projects.push(project)
  symlinkSync(
    join(root, 'packages/dialect-postgres'),
    join(project.folder, 'node_modules/@org/migrate-dialect-postgres'),
  )
  await sql(
    'CREATE TABLE _prisma_migrations (id varchar(36) PRIMARY KEY, checksum varchar(64) NOT NULL, finished_at timestamptz, migration_name varchar(255) NOT NULL, logs text, rolled_back_at timestamptz, started_at timestamptz NOT NULL DEFAULT now(), applied_steps_count int NOT NULL DEFAULT 0)',
  )
  for (const statement of before) await sql(statement)
  for (const [name, ...statements] of folder) {
    for (const statement of statements) await sql(statement)
    const hash = createHash('sha256').update(textOf(statements)).digest('hex')
    await sql(
      `INSERT INTO _prisma_migrations (id, checksum, finished_at, migration_name, applied_steps_count) VALUES (gen_random_uuid(), '${hash}', now(), '${name}', 1)`,
    )
  }
  return project
}

const adoption = ['adopt', '--import', 'sql', './prisma']
const indexes = "SELECT indexdef FROM pg_indexes WHERE indexname = 'users_email' AND schemaname = current_schema()"

describeOnEach(['postgres'], "Prisma's folder is imported", (createDatabase) => {
  it('with an index that is built concurrently, which is proved, built on an empty database, and dropped', async () => {
    const [db, empty] = [await createDatabase(), await createDatabase()]
    const project = await prismaProject(db, [
      [
        '20240101000000_init',
        'CREATE TABLE users (id int PRIMARY KEY, email text)',
        "INSERT INTO users VALUES (1, 'a')",
      ],
      ['20240102000000_index', 'CREATE UNIQUE INDEX CONCURRENTLY users_email ON users (email)'],
      ['20240103000000_drop', 'DROP INDEX CONCURRENTLY users_email'],
      ['20240104000000_index', '/* to stay */ create index  concurrently users_email ON users (lower(email))'],
      ['20240105000000_vacuum', 'VACUUM users'],
    ])
    const adopted = project.run(adoption, { env: { APP_URL: db.url } })
    expect(adopted, adopted.stderr).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('run on an empty database, it creates the same schema'),
    })
    const upgraded = project.run(['upgrade'], { env: { APP_URL: empty.url } })
    expect(upgraded, upgraded.stderr).toMatchObject({ code: 0 })
    expect(await empty.sql(indexes)).toEqual(await db.sql(indexes))
    expect(String((await empty.sql(indexes))[0]?.indexdef)).toMatch(/USING btree \(lower\(email\)\)$/)
    expect(await empty.sql('SELECT * FROM users')).toEqual([{ id: 1, email: 'a' }])
  })

  it('and an index that the database lacks is a difference, although it is built concurrently', async () => {
    const db = await createDatabase()
    const project = await prismaProject(db, [
      ['20240101000000_init', 'CREATE TABLE users (id int PRIMARY KEY, email text)'],
      ['20240102000000_index', 'CREATE INDEX CONCURRENTLY users_email ON users (email)'],
    ])
    await db.sql('DROP INDEX users_email')
    const adopted = project.run(adoption, { env: { APP_URL: db.url } })
    expect(adopted).toMatchObject({ code: 3, stdout: expect.stringContaining('users_email') })
    expect(adopted.stdout).toContain('nothing was stamped')
  })

  it('and no note names what its SQL makes; what it does not make is named', async () => {
    const db = await createDatabase()
    const project = await prismaProject(db, [
      [
        '20240101000000_init',
        'CREATE TABLE users (id int PRIMARY KEY, email text, name text)',
        'ALTER TABLE users ALTER COLUMN email SET STORAGE EXTERNAL',
        'CREATE TABLE day (at date) PARTITION BY RANGE (at)',
        "CREATE TABLE day_2024 PARTITION OF day FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')",
      ],
    ])
    await db.sql('ALTER TABLE users ALTER COLUMN name SET STORAGE EXTERNAL')
    const notesOf = ({ stdout }: { readonly stdout: string }) =>
      stdout.split('\n').filter((line) => line.startsWith('note: '))
    expect(notesOf(project.run([...adoption, '--dry-run'], { env: { APP_URL: db.url } }))).toEqual([])
    expect(notesOf(project.run(adoption, { env: { APP_URL: db.url } }))).toEqual([
      'note: column users.name: ALTER TABLE "users" ALTER COLUMN "name" SET STORAGE EXTERNAL. No operation makes that: add it to the revision with `op.sql`.',
    ])
  })

  it('what it uses and does not make is named, with the only way that works where files have hashes', async () => {
    const db = await createDatabase()
    const project = await prismaProject(
      db,
      [['20240101000000_init', 'CREATE TABLE users (id int PRIMARY KEY, zip zip)']],
      ['CREATE DOMAIN zip AS text'],
    )
    const refused = project.run(adoption, { env: { APP_URL: db.url } })
    expect(refused).toMatchObject({ code: 1, stdout: '' })
    expect(refused.stderr).toContain('error: OBJECT_MISSING')
    expect(refused.stderr).toContain(
      'Adopt the database without `--import`, by what is in it. The tool stores a hash of each file, so that no file may be edited.',
    )
    expect(existsSync(join(project.folder, 'migrations'))).toBe(false)
    // An edited file is refused, and the advice works.
    project.put({ 'prisma/20240101000000_init/migration.sql': 'CREATE DOMAIN zip AS text;\n' })
    expect(project.run(adoption, { env: { APP_URL: db.url } }).stderr).toContain('was edited after it was applied')
    const plain = project.run(['adopt'], { env: { APP_URL: db.url } })
    expect(plain, plain.stderr).toMatchObject({ code: 0 })
    expect(plain.stdout).toContain('recorded without running, now at')
  })

  it('and the next database is adopted at the right revision after a revision of operations was added', async () => {
    const [db, next, behind] = [await createDatabase(), await createDatabase(), await createDatabase()]
    const folder: Folder = [
      ['20240101000000_init', 'CREATE TABLE users (id int PRIMARY KEY)', 'INSERT INTO users VALUES (1)'],
    ]
    const project = await prismaProject(db, folder)
    await prismaProject(next, folder)
    await prismaProject(behind, folder)
    const imported = project.json(adoption, { env: { APP_URL: db.url } })
    expect(imported).toMatchObject({ stamped: true })
    project.put({
      'migrations/20240201T000000_aaa111_name.ts': `import { type OperationRecorder, text } from '@org/migrate-core'
export const revision = 'aaa111'
export const downRevision = '${String(imported.revision)}'
export function upgrade(op: OperationRecorder) {
  op.addColumn('users', 'name', text())
}
`,
    })
    expect(project.run(['upgrade'], { env: { APP_URL: db.url } })).toMatchObject({ code: 0 })
    await next.sql('ALTER TABLE users ADD COLUMN name text')
    expect(project.json(['adopt'], { env: { APP_URL: next.url } })).toMatchObject({
      revision: 'aaa111',
      ran: true,
      differences: [],
      stamped: true,
      pending: [],
    })
    expect(project.json(['adopt'], { env: { APP_URL: behind.url } })).toMatchObject({
      revision: imported.revision,
      ran: true,
      differences: [],
      stamped: true,
      pending: ['aaa111'],
    })
    expect(project.run(['upgrade'], { env: { APP_URL: behind.url } })).toMatchObject({ code: 0 })
    expect(await behind.sql('SELECT * FROM users')).toEqual([{ id: 1, name: null }])
  })
})
