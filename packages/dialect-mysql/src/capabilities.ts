import { MigrateError } from '@org/migrate-core/connection'
import type { Capabilities } from '@org/migrate-core/dialect'
import { atLeast, flavourNames, oldest, type Server, usualPage, versionText } from './flavour.ts'

/** MySQL and MariaDB: each DDL statement commits. */
export const capabilities = Object.freeze({
  // https://dev.mysql.com/doc/refman/8.4/en/implicit-commit.html
  transactionalDdl: 'implicitCommit',
  nonTransactional: 'segments',
  // Galera gives DDL its place in the order of all nodes.
  leasesWaitForDdl: true,
  // AUTO_INCREMENT: https://dev.mysql.com/doc/refman/8.4/en/create-table.html
  counterKey: 'any',
  // AUTO_INCREMENT counts as a part of the type, which the two columns of a foreign key have in common.
  keysFixCounters: true,
  // Since 8.4 only where `restrict_fk_on_non_standard_key` is off: https://dev.mysql.com/doc/refman/8.4/en/create-table-foreign-keys.html
  referencesAnyIndex: true,
  generatedColumns: 'recomputed',
  // The SELECT of a view comes back with every name qualified and every star spelled out.
  storedTexts: 'rewritten',
  // https://dev.mysql.com/doc/refman/8.4/en/create-view.html: what a view refers to may go, and is missed when the view is used.
  renamesBreakViews: true,
  foldedNames: Object.freeze(['column'] as const),
  // https://dev.mysql.com/doc/refman/8.4/en/create-table-foreign-keys.html, …/create-table-check-constraints.html; MariaDB's checks belong to their table.
  sharedNames: ['foreignKey', 'check'] as const,
  // https://dev.mysql.com/doc/refman/8.4/en/identifier-length.html
  identifierLimit: Object.freeze({ length: 64, unit: 'characters' }),
}) satisfies Capabilities

/** What is the same on every supported server; the parts that write SQL ask `since` for the rest. Throws SERVER_UNSUPPORTED. */
export function capabilitiesFor(server: Server): Capabilities {
  const { flavour, version, smallPages } = server
  const isSupported = atLeast(version, oldest[flavour])
  if (isSupported && smallPages === undefined)
    return {
      ...capabilities,
      ...(flavour === 'mariadb' && { sharedNames: ['foreignKey'] }),
      ...(server.lowerCaseTableNames && { tableNames: 'folded' }),
    }
  const name = `${flavourNames[flavour]} ${versionText(server)}`
  const why = isSupported
    ? `its pages of ${smallPages} bytes (innodb_page_size) hold no key of the migrations' own tables; ${usualPage} or more do`
    : `${flavourNames.mysql} ${oldest.mysql.join('.')} and ${flavourNames.mariadb} ${oldest.mariadb.join('.')} are the oldest supported releases`
  throw new MigrateError('SERVER_UNSUPPORTED', { server: name, why }, `the server is ${name}: ${why}`)
}
