import {
  isSignificant,
  lexSql,
  type Precondition,
  type ScriptParts,
  sql,
  type UnloadedDialect,
  verbatim,
  withArticle,
} from '@org/migrate-core/dialect'
import {
  addedModes,
  anyAlgorithm,
  asWritten,
  explicitTimestamps,
  flavourSettings,
  ignoresAlgorithm,
  longestConcat,
  modesOfRunning,
  modesOfText,
  statementSettings,
  withoutSnapshots,
} from './connection/settings.ts'
import { noGeneratedKeys } from './connection/unusable-server.ts'
import { type Flavour, flavourNames, oldest, type Server, type Version } from './flavour.ts'
import { grammar, modeVariables } from './sql/classify.ts'
import { boundText } from './sql/quote.ts'

const literal = (text: string): string => boundText(text)
const longestName = 64

const executePrepared = (text: string): readonly string[] => [
  `SET @migrate = ${text}`,
  'PREPARE migrate FROM @migrate',
  'EXECUTE migrate',
  'DEALLOCATE PREPARE migrate',
]

/**
 * MySQL takes SIGNAL in stored programs only, and those in no prepared statement; but preparing to read a table that is not there
 * fails, and the error names it.
 */
function require({ condition, message, unless }: Precondition): readonly string[] {
  const name = message.replaceAll('`', '').slice(0, longestName).trimEnd()
  const failing = `SELECT * FROM \`${name}\``
  const check = (holds: string): readonly string[] => executePrepared(`IF(${holds}, 'DO 0', ${literal(failing)})`)
  if (unless === undefined) return check(condition)
  const missing = `(SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = ${literal(unless.missing)}) = 0`
  const ask = literal(`SELECT (${condition}) INTO @migrate_holds`)
  return [
    ...executePrepared(`IF(${missing}, 'SELECT ${unless.holds ? 1 : 0} INTO @migrate_holds', ${ask})`),
    ...check('@migrate_holds = 1'),
  ]
}

/** MySQL calls a server of MariaDB a newer one, and the other way round: the texts are of one of the two. */
const isFlavour: { readonly [F in Flavour]: string } = {
  mysql: "VERSION() NOT LIKE '%MariaDB%'",
  mariadb: "VERSION() LIKE '%MariaDB%'",
}

/** The scheme of the URL decides which of the two a script is for. */
const other: { readonly [F in Flavour]: Flavour } = { mysql: 'mariadb', mariadb: 'mysql' }

/** Numbers of three digits each, as `VERSION()` says them: MariaDB may call itself 5.5.5-10.6.1. */
function atLeastSql([major, minor, patch]: Version): string {
  const version = "SUBSTRING_INDEX(REPLACE(VERSION(), '5.5.5-', ''), '-', 1)"
  const part = (at: number): string => `SUBSTRING_INDEX(SUBSTRING_INDEX(${version}, '.', ${at}), '.', -1)`
  return `${part(1)} * 1000000 + ${part(2)} * 1000 + ${part(3)} >= ${major * 1_000_000 + minor * 1_000 + patch}`
}

const withoutModes = (modes: string, removed: readonly string[]): string =>
  `TRIM(BOTH ',' FROM ${removed.reduce((text, mode) => `REPLACE(${text}, ',${mode},', ',')`, `CONCAT(',', ${modes}, ',')`)})`

// Those of a new session, as a run has them: the client may have set others.
const serverModes = '@@GLOBAL.sql_mode'
const sessionModes = `CONCAT(${serverModes}, ',STRICT_TRANS_TABLES,${addedModes.join(',')}')`

/**
 * For a script, which runs in the user's client: the character set, the time zone, and the modes by which its texts read as they
 * do on our sessions. One that is not there is not taken out.
 */
const scriptSettings: readonly string[] = [
  `SET ${modeVariables.program} = ${withoutModes(serverModes, modesOfText)}`,
  `SET NAMES utf8mb4, time_zone = '+00:00', sql_mode = ${withoutModes(sessionModes, [...modesOfText, ...modesOfRunning])}`,
  `SET ${modeVariables.session} = @@sql_mode`,
]

/** The other one does not know the variables; that the script is not for it is the first thing that is checked. */
const onFlavour = (flavour: Flavour, text: string): readonly string[] =>
  executePrepared(`IF(${isFlavour[flavour]}, ${literal(text)}, 'DO 0')`)

/** A restricted variable on MySQL: set only where it is off. */
const strict = executePrepared(`IF(@@innodb_strict_mode, 'DO 0', 'SET innodb_strict_mode = 1')`)

/** What one version of a server knows and another does not. `mysql`: as `noGeneratedKeys`; a server that does not know it skips the comment. */
const settingsByVersion: { readonly [F in Flavour]: readonly string[] } = {
  mysql: executePrepared(
    `'DO 0' /*!80030 , @migrate = IF(@@sql_generate_invisible_primary_key AND NOT @@sql_require_primary_key, ${literal(noGeneratedKeys)}, 'DO 0') */`,
  ),
  mariadb: executePrepared(
    `IF(${isFlavour.mysql} OR ${atLeastSql(ignoresAlgorithm)}, 'DO 0', ${literal(`SET ${anyAlgorithm}`)})`,
  ),
}

/** The rule of `lockName`, by the server itself. */
function lockNameSql(key: string): string {
  return `CONCAT('migrate:', LEFT(SHA2(CONCAT(DATABASE(), CHAR(0), ${literal(key)}), 256), 40))`
}

function ended(text: string): string {
  const inside = lexSql(text, grammar).filter(isSignificant)
  if (!inside.some((token) => token.text === ';')) return `${text};`
  let mark = '$$'
  while (text.includes(mark)) mark += '$'
  return `DELIMITER ${mark}\n${text}${mark}\nDELIMITER ;`
}

/** For `mysql` and `mariadb`, the clients, which stop at the first error unless they are told `--force`. */
export function scriptFor({ flavour }: Server): ScriptParts<UnloadedDialect> {
  const name = `${flavourNames[flavour]} ${oldest[flavour].join('.')} or later`
  return {
    client: [],
    // Except with --binary-mode, which a script cannot set: https://dev.mysql.com/doc/refman/8.4/en/mysql-command-options.html
    stripsCarriageReturns: flavour,
    settings: [
      ...scriptSettings,
      `SET ${statementSettings.join(', ')} /*!80000 , ${explicitTimestamps} */ /*M!101000 , ${explicitTimestamps} */`,
      `SET group_concat_max_len = CAST(GREATEST(@@group_concat_max_len, ${longestConcat}) AS UNSIGNED) ${withoutSnapshots} ${asWritten}`,
      ...onFlavour(flavour, `SET ${flavourSettings[flavour].join(', ')}`),
      ...strict,
      ...settingsByVersion[flavour],
    ],
    begin: 'START TRANSACTION',
    require,
    server: {
      name,
      condition: `${isFlavour[flavour]} AND ${atLeastSql(oldest[flavour])}`,
      message: `needs ${name}; for ${flavourNames[other[flavour]]} use ${withArticle(other[flavour])}:// URL`,
    },
    // No text depends on the version of a supported release.
    older: [],
    lock: (key) => ({
      take: { condition: `GET_LOCK(${lockNameSql(key)}, 0) = 1`, message: 'another run migrates this database' },
      release: `DO RELEASE_LOCK(${lockNameSql(key)})`,
    }),
    now: {
      text: sql`CONCAT(LEFT(DATE_FORMAT(UTC_TIMESTAMP(3), '%Y-%m-%dT%H:%i:%s.%f'), 23), 'Z')`,
      timestamp: sql`UTC_TIMESTAMP(3)`,
    },
    literal: (value) => verbatim(boundText(value)),
    ended,
  }
}
