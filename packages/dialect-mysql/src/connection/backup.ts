import {
  type BackupProgram,
  type BackupPurpose,
  type OwnName,
  type ServerBackup,
  type Session,
  shellWord,
} from '@org/migrate-core/dialect'
import { type Flavour, flavourNames, type Server } from '../flavour.ts'
import type { Target } from './url.ts'

/**
 * Everything of the database, as of one point in time where its tables are of a transactional engine. Without the GTIDs of MySQL, which another
 * server takes only while it is empty, and without tablespaces, which need the right PROCESS.
 */
const shared = [
  ...['--single-transaction', '--routines', '--events', '--triggers', '--hex-blob', '--no-tablespaces'],
  '--default-character-set=utf8mb4',
]
const own: { readonly [F in Flavour]: readonly string[] } = {
  mariadb: [],
  mysql: ['--set-gtid-purged=OFF', '--column-statistics=0'],
}

/** Since 11.4 the programs of MariaDB verify the certificate unless they are told not to; before, they use TLS only where they are told to. */
function tlsOfMariadb({ tls }: Target, isEncrypted: boolean): readonly string[] {
  if (!isEncrypted) return ['--skip-ssl']
  const isVerified = tls.mode === 'VERIFY_CA' || tls.mode === 'VERIFY_IDENTITY'
  return ['--ssl', isVerified ? '--ssl-verify-server-cert' : '--skip-ssl-verify-server-cert']
}

/** Without TLS the password goes encrypted with a key that the server gives, as the driver has it. */
function tlsOfMysql({ tls, socket }: Target, isEncrypted: boolean): readonly string[] {
  const mode = socket === undefined && tls.mode === 'PREFERRED' && isEncrypted ? 'REQUIRED' : tls.mode
  return [`--ssl-mode=${mode}`, ...(isEncrypted ? [] : ['--get-server-public-key'])]
}

function connectionArguments(target: Target, flavour: Flavour, isEncrypted: boolean): readonly string[] {
  const { host, port, socket, user, tls } = target
  const files = isEncrypted
    ? ([
        ['ca', tls.ca],
        ['cert', tls.cert],
        ['key', tls.key],
      ] as const)
    : []
  return [
    // It has to be the first. A file of options may name another server.
    '--no-defaults',
    ...(socket === undefined
      ? ['--protocol=tcp', `--host=${host}`, `--port=${port}`]
      : ['--protocol=socket', `--socket=${socket}`]),
    ...(user === undefined ? [] : [`--user=${user}`]),
    ...(flavour === 'mariadb' ? tlsOfMariadb(target, isEncrypted) : tlsOfMysql(target, isEncrypted)),
    ...files.flatMap(([name, path]) => (path === undefined ? [] : [`--ssl-${name}=${path}`])),
  ]
}

function argumentsFor(
  target: Target,
  flavour: Flavour,
  isEncrypted: boolean,
  { file, purpose }: { readonly file: string; readonly purpose: BackupPurpose },
): readonly string[] {
  return [
    ...connectionArguments(target, flavour, isEncrypted),
    ...shared,
    // The server would run the events of a copy.
    ...(purpose === 'copy' ? ['--skip-events'] : []),
    ...own[flavour],
    `--result-file=${file}`,
    '--',
    target.database,
  ]
}

/** The password is asked for where there is one. */
function restoreLine({ host, port, socket, user, password, database }: Target, flavour: Flavour, file: string): string {
  return [
    flavour,
    ...(socket === undefined ? [`--host=${shellWord(host)}`, `--port=${port}`] : [`--socket=${shellWord(socket)}`]),
    ...(user === undefined ? [] : [`--user=${shellWord(user)}`]),
    ...(password === undefined || password === '' ? [] : ['--password']),
    shellWord(database),
    '<',
    shellWord(file),
  ].join(' ')
}

/** `mysqldump  Ver 8.4.3 for Linux …`, `mariadb-dump  Ver 10.19 Distrib 10.11.6-MariaDB, …`, `mariadb-dump from 11.4.2-MariaDB, …`. */
function versionOf(
  output: string,
): { readonly flavour: Flavour; readonly release: readonly [number, number] } | undefined {
  const isMariadb = /mariadb/i.test(output)
  const [, major, minor] =
    (isMariadb ? /(?:Distrib|from) (\d+)\.(\d+)/.exec(output) : /Ver (\d+)\.(\d+)/.exec(output)) ?? []
  if (major === undefined || minor === undefined) return undefined
  return { flavour: isMariadb ? 'mariadb' : 'mysql', release: [Number(major), Number(minor)] }
}

/** On many systems `mysqldump` is another name of `mariadb-dump`; each of the two knows objects that the other does not. */
function refusalOf(program: string, { flavour, version }: Server, output: string): string | undefined {
  const client = versionOf(output)
  if (client === undefined) return `${program} is no program of ${flavourNames[flavour]}: ${output}`
  const [major, minor] = client.release
  const isOlder = major < version[0] || (major === version[0] && minor < version[1])
  if (client.flavour === flavour && !isOlder) return undefined
  const name = `${program} is that of ${flavourNames[client.flavour]} ${major}.${minor}`
  return `${name}, and the server is ${flavourNames[flavour]} ${version.join('.')}`
}

const programNames: { readonly [F in Flavour]: readonly string[] } = {
  mariadb: ['mariadb-dump', 'mysqldump'],
  mysql: ['mysqldump'],
}

const clientNames: { readonly [F in Flavour]: readonly string[] } = {
  mariadb: ['mariadb', 'mysql'],
  mysql: ['mysql'],
}

const packages: { readonly [F in Flavour]: string } = {
  mariadb: 'the client of MariaDB (`mariadb-client`)',
  mysql: 'the client of MySQL (`mysql-client`)',
}

async function isEncryptedSession(session: Session): Promise<boolean> {
  const [row] = await session.query("SHOW SESSION STATUS LIKE 'Ssl_cipher'")
  return Object.values(row ?? {}).at(-1) !== ''
}

/** `mariadb-dump` or `mysqldump`, whose last line is the proof: it is written when all went well, and not else. */
export async function backupOf(target: Target, server: Server, session: Session): Promise<ServerBackup> {
  const isEncrypted = await isEncryptedSession(session)
  const programs = programNames[server.flavour].map(
    (program): BackupProgram => ({
      program,
      arguments: (file, purpose) => argumentsFor(target, server.flavour, isEncrypted, { file, purpose }),
      refuses: (version) => refusalOf(program, server, version),
    }),
  )
  return {
    programs,
    package: packages[server.flavour],
    loading: clientNames[server.flavour].map((program) => ({
      program,
      // Its command `source` is off by default since MySQL 9.
      readsInput: true,
      arguments: () => [
        ...connectionArguments(target, server.flavour, isEncrypted),
        '--default-character-set=utf8mb4',
        '--',
        target.database,
      ],
    })),
    environment: {
      MYSQL_PWD: target.password,
      MYSQL_HOST: target.host,
      MYSQL_TCP_PORT: String(target.port),
      MYSQL_UNIX_PORT: target.socket,
      MYSQL_USER: target.user,
      MYSQL_DATABASE: target.database,
    },
    restore: (file) => restoreLine(target, server.flavour, file),
    proof: { by: 'lastLine', line: /^-- Dump completed\b/ },
  }
}

/** Any statement may name another database of the server, and so may what is stored. Views are dumped without the name of their own. */
export async function ownNameOf({ database }: Target, session: Session): Promise<OwnName> {
  const rows = await session.query(
    `SELECT CONCAT('trigger ', TRIGGER_NAME) AS name, ACTION_STATEMENT AS text FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE() AND EVENT_OBJECT_SCHEMA = DATABASE()
UNION ALL SELECT CONCAT(LOWER(ROUTINE_TYPE), ' ', ROUTINE_NAME), ROUTINE_DEFINITION FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = DATABASE()`,
  )
  return {
    qualifier: database,
    texts: rows.map(({ name, text }) => ({ name: String(name), text: String(text ?? '') })),
  }
}
