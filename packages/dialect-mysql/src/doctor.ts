import { counted, type Finding, type Row, type ServerSession, someOf } from '@org/migrate-core/dialect'
import { atLeast, flavourNames, flavourOf, newest, oldest, versionText } from './flavour.ts'
import { findLeftoverShadows } from './shadow/shadow.ts'

type Ask = (sql: string, params?: readonly string[]) => Promise<readonly Row[]>

async function server(ask: Ask): Promise<readonly Finding[]> {
  const [row] = await ask('SELECT VERSION() AS version, @@version_comment AS comment, @@read_only AS readOnly')
  const serverVersion = flavourOf(String(row?.version), String(row?.comment))
  if (serverVersion === undefined) return []
  const { flavour, version } = serverVersion
  const name = `${flavourNames[flavour]} ${versionText(serverVersion)}`
  const [newestMajor, newestMinor] = newest[flavour].version
  const newer = atLeast(version, [newestMajor, newestMinor + 1, 0])
  return [
    newer
      ? {
          level: 'warning',
          about: 'version',
          what: `${name} is newer than what this release was tried on (${oldest[flavour].join('.')} to ${newestMajor}.${newestMinor}).`,
          next: 'Try the revisions on a copy first, or take a newer release.',
        }
      : { level: 'ok', about: 'version', what: `${name}; ${oldest[flavour].join('.')} and newer are supported.` },
    ...(row?.readOnly === 0n
      ? []
      : [
          {
            level: 'warning' as const,
            about: 'read-only',
            what: 'The server is set read_only: it takes changes from privileged users only, or from no user.',
            next: 'Connect to the primary, or end read_only there.',
          },
        ]),
  ]
}

const needed = ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'CREATE', 'ALTER', 'DROP', 'INDEX', 'REFERENCES'] as const

/** A pattern of a GRANT, in which `_` and `%` stand for others unless a backslash is before them. */
function matchesPattern(pattern: string, name: string): boolean {
  const text = pattern.replace(/\\?[\s\S]/g, (part) => {
    if (part === '%') return '[^]*'
    if (part === '_') return '[^]'
    return (part.length === 2 ? part.slice(1) : part).replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  })
  return new RegExp(`^${text}$`).test(name)
}

/** What the lines of SHOW GRANTS give for a whole database. */
export function grantedOn(lines: readonly string[], database: string): ReadonlySet<string> {
  const granted = new Set<string>()
  for (const line of lines) {
    const [, list = '', pattern] = /^GRANT (.+) ON (?:\*|`((?:[^`]|``)+)`)\.\* TO /.exec(line) ?? []
    if (list === '' || (pattern !== undefined && !matchesPattern(pattern.replaceAll('``', '`'), database))) continue
    for (const each of list.startsWith('ALL PRIVILEGES') ? needed : list.split(', ')) granted.add(each)
  }
  return granted
}

async function rights(ask: Ask): Promise<readonly Finding[]> {
  const [row] = await ask('SELECT DATABASE() AS name, CURRENT_USER() AS user')
  const lines = (await ask('SHOW GRANTS')).map((each) => String(Object.values(each)[0]))
  const database = String(row?.name)
  const granted = grantedOn(lines, database)
  const missing = needed.filter((each) => !granted.has(each))
  if (missing.length === 0) {
    return [
      { level: 'ok', about: 'rights', what: `${row?.user} has every right on ${database} that a revision needs.` },
    ]
  }
  const list = missing.join(', ')
  // A role gives what no line of the user's own shows.
  const roles = lines.some((line) => /^GRANT (?!.* ON ).* TO /.test(line))
  if (roles) {
    const what = `${row?.user} has ${list} on ${database} by a role at most, or for some tables only.`
    return [
      {
        level: 'warning',
        about: 'rights',
        what,
        next: 'See the rights of the role with SHOW GRANTS FOR the role, and make it active with SET DEFAULT ROLE.',
      },
    ]
  }
  return [
    {
      level: missing.includes('CREATE') ? 'problem' : 'warning',
      about: 'rights',
      what: `${row?.user} lacks ${list} on ${database}, or has them for some tables only.`,
      next: `GRANT ${list} ON \`${database.replaceAll('`', '``')}\`.* TO the user.`,
    },
  ]
}

async function settings(ask: Ask): Promise<readonly Finding[]> {
  const [row] = await ask(`SELECT @@global.sql_mode AS modes, @@character_set_database AS charset,
    @@global.default_storage_engine AS engine, @@global.foreign_key_checks AS checks, @@innodb_strict_mode AS strictInnodb`)
  const findings: Finding[] = []
  const modes = String(row?.modes).split(',')
  if (!modes.some((mode) => mode === 'STRICT_TRANS_TABLES' || mode === 'STRICT_ALL_TABLES' || mode === 'TRADITIONAL')) {
    findings.push({
      level: 'warning',
      about: 'sql_mode',
      what: 'The server is not strict: sessions that do not say otherwise store a value that does not fit as another one. Runs are strict.',
      next: 'Add STRICT_TRANS_TABLES to sql_mode of the server.',
    })
  }
  if (row?.charset !== 'utf8mb4') {
    findings.push({
      level: 'warning',
      about: 'character set',
      what: `Tables get the character set ${row?.charset} where none is named; characters that it does not know are refused.`,
      next: 'ALTER DATABASE … CHARACTER SET utf8mb4; tables that are there keep theirs.',
    })
  }
  if (row?.engine !== 'InnoDB') {
    findings.push({
      level: 'warning',
      about: 'engine',
      what: `Tables that other sessions create without an engine get ${row?.engine}, which has no foreign keys and no transactions. Runs create them as InnoDB.`,
      next: 'Set default_storage_engine to InnoDB.',
    })
  }
  if (row?.checks === 0n) {
    findings.push({
      level: 'warning',
      about: 'foreign keys',
      what: 'foreign_key_checks is off on the server: sessions that do not set it write references to rows that do not exist.',
      next: 'SET GLOBAL foreign_key_checks = 1.',
    })
  }
  if (row?.strictInnodb === 0n) {
    findings.push({
      level: 'warning',
      about: 'innodb_strict_mode',
      what: 'innodb_strict_mode is off, and this user may not set it: a table whose rows have no room in a page is created all the same, and refuses the rows.',
      next: 'Set innodb_strict_mode to ON on the server, or GRANT SESSION_VARIABLES_ADMIN ON *.* TO the user.',
    })
  }
  return findings.length > 0
    ? findings
    : [
        {
          level: 'ok',
          about: 'settings',
          what: 'sql_mode, character set, engine and foreign keys are as they should be.',
        },
      ]
}

const shown = 5

async function tables(ask: Ask, leased: boolean): Promise<readonly Finding[]> {
  const names = (rows: readonly Row[]): string =>
    someOf(
      rows.map(({ name }) => String(name)),
      shown,
    )
  const nonInnodbTables =
    await ask(`SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()
    AND TABLE_TYPE = 'BASE TABLE' AND ENGINE <> 'InnoDB' ORDER BY 1`)
  const keyless = leased
    ? await ask(`SELECT t.TABLE_NAME AS name FROM information_schema.TABLES AS t LEFT JOIN information_schema.TABLE_CONSTRAINTS AS c
      ON c.TABLE_SCHEMA = t.TABLE_SCHEMA AND c.TABLE_NAME = t.TABLE_NAME AND c.CONSTRAINT_TYPE = 'PRIMARY KEY'
      WHERE t.TABLE_SCHEMA = DATABASE() AND t.TABLE_TYPE = 'BASE TABLE' AND c.CONSTRAINT_NAME IS NULL ORDER BY 1`)
    : []
  return [
    ...(nonInnodbTables.length === 0
      ? []
      : [
          {
            level: 'warning' as const,
            about: 'engine',
            what: `Not of InnoDB, so that nothing written to them is rolled back: ${names(nonInnodbTables)}.`,
            next: 'ALTER TABLE … ENGINE = InnoDB, which copies the table.',
          },
        ]),
    ...(keyless.length === 0
      ? []
      : [
          {
            level: 'warning' as const,
            about: 'primary keys',
            what: `Without a primary key, which a cluster needs to tell rows apart: ${names(keyless)}.`,
            next: 'Give them a primary key in a revision.',
          },
        ]),
  ]
}

function cluster({ leased }: ServerSession): readonly Finding[] {
  if (leased === undefined) return [{ level: 'ok', about: 'cluster', what: 'One server takes the changes.' }]
  return [{ level: 'ok', about: 'cluster', what: `A row with a lease keeps runs apart: ${leased}.` }]
}

const longMinutes = 5

/** Only a user with PROCESS sees the transactions of others; who may not ask is told so. */
async function openTransactions(ask: Ask, isRefusal: (error: unknown) => boolean): Promise<readonly Finding[]> {
  const about = 'open transaction'
  try {
    const rows =
      await ask(`SELECT trx_mysql_thread_id AS id, TIMESTAMPDIFF(MINUTE, trx_started, UTC_TIMESTAMP()) AS minutes
      FROM information_schema.INNODB_TRX WHERE trx_mysql_thread_id <> CONNECTION_ID()
      AND trx_started < UTC_TIMESTAMP() - INTERVAL ${longMinutes} MINUTE ORDER BY trx_started`)
    return rows.map(({ id, minutes }) => ({
      level: 'warning',
      about,
      what: `Connection ${id} has had a transaction open for ${counted(Number(minutes), 'minute')}: a change of a table that it has touched waits for it.`,
      next: `End it where it comes from, or KILL ${id};`,
    }))
  } catch (error) {
    if (!isRefusal(error)) throw error
    const what = 'Open transactions of other sessions cannot be seen without the right PROCESS.'
    return [{ level: 'ok', about, what }]
  }
}

async function leftoverFindings(ask: Ask): Promise<readonly Finding[]> {
  return (await findLeftoverShadows(ask)).map(({ name }) => ({
    level: 'warning',
    about: 'left-over database',
    what: `The database ${name} was made to compare schemas, and its process ended without dropping it.`,
    next: `DROP DATABASE \`${name}\`; or wait: a later comparison drops it.`,
  }))
}

/** What could go wrong on this database. Nothing is written. */
export async function examine(
  session: ServerSession,
  isRefusal: (error: unknown) => boolean,
): Promise<readonly Finding[]> {
  const ask: Ask = (...args) => session.query(...args)
  return [
    ...(await server(ask)),
    ...cluster(session),
    ...(await rights(ask)),
    ...(await settings(ask)),
    ...(await tables(ask, session.leased !== undefined)),
    ...(await leftoverFindings(ask)),
    ...(await openTransactions(ask, isRefusal)),
  ]
}
