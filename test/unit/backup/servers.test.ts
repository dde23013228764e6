import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { proveOnCopy } from '@org/migrate-autogenerate'
import type { MigrationEvent } from '@org/migrate-core'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import postgres from 'postgres'
import { describe, expect, onTestFinished, test } from 'vitest'
import { errorOf, line, migratorOf } from '../../kit/migrator.ts'
import {
  describeOn,
  describeOnDialects,
  describeOnEach,
  familyOf,
  type ServerName,
  type TestDatabase,
} from '../../kit/servers.ts'
import { accounts, backupFolder, contents, filled, restore, shop, withPrograms } from './kit.ts'

const clients = withPrograms()
const folder = backupFolder()
/** Of packages where this machine has none. */
const clientNamed = (program: string): string =>
  [clients.folder, ...(process.env.PATH ?? '').split(delimiter)]
    .map((each) => join(each, program))
    .find((path) => existsSync(path)) ?? program
const servers = ['postgres', 'mariadb', 'mysql'] as const

const restoreLines: { readonly [server: string]: RegExp | undefined } = {
  postgres: /^pg_restore --clean --if-exists --host=\S+ --port=\d+ --username=postgres --dbname=\w+ \S+before\.dump$/,
  mariadb: /^mariadb --host=\S+ --port=\d+ --user=root \w+ < \S+before\.dump$/,
  mysql: /^mysql --host=\S+ --port=\d+ --user=root \w+ < \S+before\.dump$/,
}

const dumpOf = (server: ServerName): string =>
  familyOf(server) === 'postgres' ? 'pg_dump' : server === 'mariadb' ? 'mariadb-dump' : 'mysqldump'

/** A program of that name that comes before the real one; `$real` is that one. */
function wrapped(program: string, script: string): void {
  const real = (process.env.PATH ?? '')
    .split(delimiter)
    .map((at) => join(at, program))
    .find(existsSync)
  const own = join(folder.path, '..', `${folder.path.split('/').at(-1)}-bin`)
  mkdirSync(own, { recursive: true })
  onTestFinished(() => rmSync(own, { recursive: true, force: true }))
  writeFileSync(join(own, program), `#!/bin/sh\nreal='${real}'\n${script}\n`)
  chmodSync(join(own, program), 0o755)
  process.env.PATH = `${own}${delimiter}${process.env.PATH}`
}

/** Only these programs, and what a shell needs. */
function onlyPrograms(...names: readonly string[]): void {
  const own = join(folder.path, 'bin')
  mkdirSync(own)
  const folders = (process.env.PATH ?? '').split(delimiter)
  for (const name of names) symlinkSync(folders.map((at) => join(at, name)).find(existsSync) ?? '', join(own, name))
  process.env.PATH = own
}

async function expectUntouched(database: TestDatabase): Promise<void> {
  expect(await database.sql('SELECT version_num FROM migrate_version')).toEqual([{ version_num: 'r1' }])
  expect(await database.sql('SELECT count(extra) AS n FROM accounts')).toHaveLength(1)
}

describeOnDialects(servers, 'upgrade with a backup', (createDatabase, server) => {
  test('writes a dump that restores to the database as it was', async () => {
    const database = await createDatabase()
    await filled(database)
    const before = await contents(database)
    const written: MigrationEvent[] = []
    const onEvent = (event: MigrationEvent): void => void (event.type === 'backupWritten' && written.push(event))
    const options = { backup: folder.file, allowDataLoss: true, onEvent }
    const { applied } = await shop(database).upgrade('head', options)
    expect(applied).toEqual(['main:r2'])
    expect(folder.files()).toEqual(['before.dump'])
    expect(written).toEqual([
      {
        type: 'backupWritten',
        database: expect.stringContaining(database.name),
        file: folder.file,
        bytes: statSync(folder.file).size,
        restore: expect.stringMatching(restoreLines[server] ?? 'no line is expected'),
      },
    ])
    expect(statSync(folder.file).mode & 0o777).toBe(0o600)
    const other = await createDatabase()
    restore(folder.file, other)
    expect(await contents(other)).toEqual(before)
    await shop(other).upgrade('head', { allowDataLoss: true })
  })

  test('makes none where nothing is to do, and writes over no file', async () => {
    const database = await createDatabase()
    await shop(database).upgrade('r1')
    await shop(database).upgrade('r1', { backup: folder.file })
    expect(folder.files()).toEqual([])
    writeFileSync(folder.file, 'precious')
    const error = await errorOf(shop(database).upgrade('head', { backup: folder.file, allowDataLoss: true }))
    expect(error).toMatchObject({ code: 'INVALID_OPTION', remedy: 'Name a file that does not exist.' })
    expect(readFileSync(folder.file, 'utf8')).toBe('precious')
    await expectUntouched(database)
  })

  test('without the program names the package, and with it runs', async () => {
    const database = await createDatabase()
    await filled(database)
    const path = process.env.PATH
    onlyPrograms()
    const upgrade = () => shop(database).upgrade('head', { backup: folder.file, allowDataLoss: true })
    const error = await errorOf(upgrade())
    expect(error).toMatchObject({ code: 'BACKUP_FAILED', details: { program: dumpOf(server) } })
    expect(error.message).toContain('not on PATH')
    expect(error.remedy).toMatch(/^Install the client of .*, or set `backupCommand`/)
    expect(existsSync(folder.file)).toBe(false)
    await expectUntouched(database)
    process.env.PATH = path
    expect((await upgrade()).applied).toEqual(['main:r2'])
  })

  test('of a user who may not read everything changes nothing, and with the rights of the guide runs', async () => {
    const database = await createDatabase()
    await filled(database)
    const user = `b_${database.name.slice(-10)}`
    const password = 'a horse that is correct'
    const isPostgres = familyOf(server) === 'postgres'
    const { host, pathname, protocol } = new URL(database.url)
    const url = `${protocol}//${user}:${encodeURIComponent(password)}@${host}${pathname}`
    const of = (at: readonly string[]): Promise<void> =>
      at.reduce((all, each) => all.then(async () => void (await database.sql(each))), Promise.resolve())
    await of(
      isPostgres
        ? [
            `CREATE ROLE ${user} LOGIN PASSWORD '${password}'`,
            `GRANT ALL ON SCHEMA public TO ${user}`,
            `ALTER TABLE accounts OWNER TO ${user}`,
            `ALTER TABLE migrate_version OWNER TO ${user}`,
            `ALTER TABLE migrate_history OWNER TO ${user}`,
            `GRANT ALL ON ALL TABLES IN SCHEMA public TO ${user}`,
            `ALTER VIEW names OWNER TO ${user}`,
          ]
        : [
            `CREATE USER ${user}@'%' IDENTIFIED BY '${password}'`,
            `GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, DROP, INDEX, REFERENCES ON ${database.name}.* TO ${user}@'%'`,
            'DROP PROCEDURE nothing',
          ],
    )
    onTestFinished(async () => {
      const drop = isPostgres ? [`DROP OWNED BY ${user} CASCADE`, `DROP ROLE ${user}`] : [`DROP USER ${user}@'%'`]
      await of(drop)
    })
    if (isPostgres) await database.sql('DROP VIEW names')
    const upgrade = () => shop({ server, url }).upgrade('head', { backup: folder.file, allowDataLoss: true })
    const error = await errorOf(upgrade())
    expect(error.code).toBe('BACKUP_FAILED')
    expect(error.remedy).toMatch(/^Let the user of the migrations read all of the database/)
    expect(JSON.stringify(error) + error.message + error.stack).not.toContain(password)
    expect(folder.files()).toEqual([])
    await expectUntouched(database)
    await of(
      isPostgres
        ? [`GRANT pg_read_all_data TO ${user}`]
        : [`GRANT SELECT, SHOW VIEW, TRIGGER, EVENT ON ${database.name}.* TO ${user}@'%'`],
    )
    expect((await upgrade()).applied).toEqual(['main:r2'])
    expect(folder.files()).toEqual(['before.dump'])
  })

  test('passes the password in the environment, and in no argument', async () => {
    const database = await createDatabase()
    await filled(database)
    const log = join(folder.path, 'log')
    const variable = familyOf(server) === 'postgres' ? 'PGPASSWORD' : 'MYSQL_PWD'
    wrapped(dumpOf(server), `printf '%s\\n' "$*" "in $${variable}" >> '${log}'; exec "$real" "$@"`)
    const url = database.url.replace(/(\/\/\w+)@/, '$1:not%2Dchecked@')
    const isChecked = familyOf(server) !== 'postgres'
    const at = isChecked ? database.url : url
    await shop({ server, url: at }).upgrade('head', { backup: folder.file, allowDataLoss: true })
    const logged = readFileSync(log, 'utf8')
    if (!isChecked) expect(logged).toContain('in not-checked')
    expect(logged.replaceAll(/^in .*/gm, '')).not.toContain('not-checked')
  })

  test('that was cut off, or failed in the middle, leaves nothing that looks like one', async () => {
    const database = await createDatabase()
    await filled(database)
    const upgrade = () => shop(database).upgrade('head', { backup: folder.file, allowDataLoss: true })
    const path = process.env.PATH
    // The dump is whole, and the last bytes are missing.
    wrapped(
      dumpOf(server),
      `"$real" "$@" || exit; for each; do case "$each" in --file=*|--result-file=*) truncate --size=-40 "\${each#*=}";; esac; done`,
    )
    expect(await errorOf(upgrade())).toMatchObject({ code: 'BACKUP_FAILED' })
    process.env.PATH = path
    wrapped(dumpOf(server), `[ "$1" = --version ] && exec "$real" "$@"; "$real" "$@"; echo 'it broke' >&2; exit 3`)
    const failed = await errorOf(upgrade())
    expect(failed.message).toContain('it ended with exit code 3: it broke')
    expect(folder.files()).toEqual([])
    await expectUntouched(database)
    process.env.PATH = path
    expect((await upgrade()).applied).toEqual(['main:r2'])
  })

  test('says what to do where there is no room', async () => {
    const database = await createDatabase()
    await filled(database)
    const path = process.env.PATH
    const upgrade = () => shop(database).upgrade('head', { backup: folder.file, allowDataLoss: true })
    wrapped(dumpOf(server), `[ "$1" = --version ] || { trap '' XFSZ; ulimit -f 1; }; exec "$real" "$@"`)
    const error = await errorOf(upgrade())
    expect(error.code).toBe('BACKUP_FAILED')
    expect(error.remedy).toMatch(/^Make room for a copy of the database/)
    expect(folder.files()).toEqual([])
    await expectUntouched(database)
    process.env.PATH = path
    expect((await upgrade()).applied).toEqual(['main:r2'])
  })

  test('ends the program with the signal of the run', async () => {
    const database = await createDatabase()
    await filled(database)
    const log = join(folder.path, '..', `${folder.path.split('/').at(-1)}.log`)
    wrapped(dumpOf(server), `[ "$1" = --version ] && exec "$real" "$@"; echo $$ > '${log}'; exec sleep 600`)
    const controller = new AbortController()
    const reason = new Error('no more')
    const stopping = setInterval(
      () => existsSync(log) && readFileSync(log, 'utf8').endsWith('\n') && controller.abort(reason),
      20,
    )
    onTestFinished(() => {
      clearInterval(stopping)
      rmSync(log, { force: true })
    })
    const options = { backup: folder.file, allowDataLoss: true, signal: controller.signal }
    await expect(shop(database).upgrade('head', options)).rejects.toMatchObject({ code: 'ABORTED', cause: reason })
    expect(() => process.kill(Number(readFileSync(log, 'utf8')), 0)).toThrow('ESRCH')
    expect(folder.files()).toEqual([])
    await expectUntouched(database)
  })

  test('by commands of the configuration writes what they write, where they prove it', async () => {
    const database = await createDatabase()
    await filled(database)
    const variables = familyOf(server) === 'postgres' ? '$PGHOST/$PGDATABASE' : '$MYSQL_HOST/$MYSQL_DATABASE'
    const run = `echo "${variables}" > "$BACKUP_FILE"`
    const upgrade = (command: { readonly run: string; readonly verify: string }) =>
      shop(database, { backupCommand: command }).upgrade('head', { backup: folder.file, allowDataLoss: true })
    const unproven = await errorOf(upgrade({ run, verify: 'grep nothing "$BACKUP_FILE"' }))
    expect(unproven).toMatchObject({ code: 'BACKUP_FAILED', details: { program: '`backupCommand.verify`' } })
    const empty = await errorOf(upgrade({ run: 'true', verify: 'true' }))
    expect(empty.remedy).toContain('$BACKUP_FILE')
    expect(await errorOf(upgrade({ run: 'no-such-program', verify: 'true' }))).toMatchObject({ code: 'BACKUP_FAILED' })
    expect(folder.files()).toEqual([])
    await expectUntouched(database)
    await upgrade({ run, verify: `grep '${database.name}' "$BACKUP_FILE"` })
    expect(readFileSync(folder.file, 'utf8')).toBe(`127.0.0.1/${database.name}\n`)
  })
})

describeOnEach(['mariadb', 'mysql'], 'the program of a backup', (createDatabase, server) => {
  const other = server === 'mariadb' ? 'mysqldump' : 'mariadb-dump'

  test('is of the kind of the server, and not older', async () => {
    const database = await createDatabase()
    await filled(database)
    const upgrade = () => shop(database).upgrade('head', { backup: folder.file, allowDataLoss: true })
    const path = process.env.PATH
    const own = join(folder.path, 'bin')
    mkdirSync(own)
    for (const name of ['sh', 'ls']) symlinkSync(`/bin/${name}`, join(own, name))
    symlinkSync(clientNamed(other), join(own, 'mysqldump'))
    process.env.PATH = own
    const error = await errorOf(upgrade())
    expect(error.message).toMatch(
      server === 'mariadb' ? /is that of MySQL .*is MariaDB/ : /is that of MariaDB .*is MySQL/,
    )
    expect(error.remedy).toMatch(/^Install the client of the version of the server/)
    const copied = await errorOf(proveOnCopy({ migrator: shop(database) }))
    expect(copied.remedy).toBe('Install the client of the version of the server.')
    process.env.PATH = path
    const oldVersion =
      server === 'mariadb'
        ? 'mariadb-dump  Ver 10.19 Distrib 10.3.39-MariaDB, for Linux'
        : 'mysqldump  Ver 5.7.44 for Linux'
    wrapped(dumpOf(server), `[ "$1" = --version ] && { echo '${oldVersion}'; exit; }; exec "$real" "$@"`)
    if (server === 'mariadb') wrapped('mysqldump', `echo '${oldVersion}'`)
    expect((await errorOf(upgrade())).message).toMatch(/MariaDB 10\.3, and the server is|MySQL 5\.7, and the server is/)
    await expectUntouched(database)
    process.env.PATH = path
    expect((await upgrade()).applied).toEqual(['main:r2'])
  })
})

describeOn('mariadb', 'mysqldump', (createDatabase) => {
  test('of MariaDB makes the backup where there is no mariadb-dump', async () => {
    const database = await createDatabase()
    await filled(database)
    const own = join(folder.path, 'bin')
    mkdirSync(own)
    symlinkSync(clientNamed('mariadb-dump'), join(own, 'mysqldump'))
    const path = process.env.PATH
    process.env.PATH = own
    await shop(database).upgrade('head', { backup: folder.file, allowDataLoss: true })
    process.env.PATH = path
    const restored = await createDatabase()
    restore(folder.file, restored)
    expect(await restored.sql('SELECT version_num FROM migrate_version')).toEqual([{ version_num: 'r1' }])
  })
})

describeOn('postgres-next', 'pg_dump', (createDatabase) => {
  test('of an older version is refused by itself, with what to do', async () => {
    const database = await createDatabase()
    await shop(database).upgrade('r1')
    const upgrade = shop(database).upgrade('head', { backup: folder.file, allowDataLoss: true })
    const failure = await upgrade.then(
      () => undefined,
      (error: unknown) => error,
    )
    // The program of this machine may be as new as that server.
    if (failure === undefined) return expect(folder.files()).toEqual(['before.dump'])
    expect(failure).toMatchObject({
      code: 'BACKUP_FAILED',
      message: expect.stringContaining('server version mismatch') as string,
      remedy: expect.stringMatching(/^Install the client of the version of the server/) as string,
    })
    expect(folder.files()).toEqual([])
    await expectUntouched(database)
  })
})

describeOn('postgres', 'a backup', (createDatabase) => {
  test('on an open client is made by a command alone', async () => {
    const database = await createDatabase()
    await shop(database).upgrade('r1')
    const client = postgres(database.url, { max: 1 })
    onTestFinished(() => client.end())
    const dialect = postgresDialect({ driver: client })
    const chain = line(accounts, () => {})
    const options = { backup: folder.file }
    const error = await errorOf(migratorOf(dialect, chain).upgrade('head', options))
    expect(error).toMatchObject({ code: 'INVALID_OPTION', remedy: 'Set `backupCommand` in the configuration.' })
    const backupCommand = { run: 'echo own > "$BACKUP_FILE"', verify: 'true' }
    expect((await migratorOf(dialect, chain, { backupCommand }).upgrade('head', options)).applied).toEqual(['main:r2'])
    expect(readFileSync(folder.file, 'utf8')).toBe('own\n')
  })
})

describe('on SQLite', () => {
  test('a command of the configuration goes before the copy of the file', async () => {
    const url = join(folder.path, 'app.db')
    const backupCommand = { run: 'echo own > "$BACKUP_FILE"', verify: 'true' }
    const migrator = migratorOf(
      sqliteDialect({ url }),
      line(() => {}),
      { backupCommand },
    )
    await migrator.upgrade('head', { backup: folder.file })
    expect(readFileSync(folder.file, 'utf8')).toBe('own\n')
  })

  test('a command without its proof is refused', async () => {
    const backupCommand = { run: 'true' } as never
    expect(() => migratorOf(sqliteDialect({ url: ':memory:' }), line(), { backupCommand })).toThrow('`verify`')
  })
})
