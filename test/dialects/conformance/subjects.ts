import { leastFeatures, type RandomFeatures, type SqlFragments } from '../../../packages/conformance/src/subject.ts'

const doubleQuoted = (name: string): string => `"${name.replaceAll('"', '""')}"`
const inBackticks = (name: string): string => `\`${name.replaceAll('`', '``')}\``

const mysqlFragments: SqlFragments = {
  quoted: inBackticks,
  astralNames: false,
  nameLimit: { length: 64, unit: 'characters' },
  trigger: (name) =>
    `CREATE TRIGGER ${name} AFTER INSERT ON item FOR EACH ROW INSERT INTO log (note) VALUES (NEW.name)`,
  collation: 'utf8mb4_bin',
  tableOption: { name: 'collation', value: 'utf8mb4_general_ci', other: 'utf8mb4_bin' },
  viewOptions: { algorithm: ['merge'], sql_security: ['invoker'], check_option: ['local', 'cascaded'] },
  fulltextMethod: 'fulltext',
  nativeType: 'mediumint unsigned',
}

/** The SQL of the four databases, as their manuals have it. */
export const fragments: { readonly [server in 'sqlite' | 'postgres' | 'mariadb' | 'mysql']: SqlFragments } = {
  sqlite: {
    quoted: doubleQuoted,
    astralNames: true,
    trigger: (name) =>
      `CREATE TRIGGER ${name} AFTER INSERT ON item BEGIN INSERT INTO log (note) VALUES (NEW.name); END`,
    collation: 'NOCASE',
    storage: "SELECT name, rootpage FROM sqlite_schema WHERE type = 'table'",
    tableOption: { name: 'strict', value: true, other: false },
    nativeType: 'TINYINT UNSIGNED',
  },
  postgres: {
    quoted: doubleQuoted,
    astralNames: true,
    nameLimit: { length: 63, unit: 'bytes' },
    trigger: (name) => `CREATE TRIGGER ${name} AFTER INSERT ON item FOR EACH ROW EXECUTE FUNCTION log_name()`,
    beforeTrigger:
      "CREATE FUNCTION log_name() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO log (note) VALUES (NEW.name); RETURN NULL; END'",
    collation: 'C',
    tableOption: { name: 'fillfactor', value: '70', other: '80' },
    viewOptions: {
      security_barrier: ['true', 'false'],
      security_invoker: ['true', 'false'],
      check_option: ['local', 'cascaded'],
    },
    extension: 'citext',
    nativeType: 'tsvector',
  },
  mariadb: mysqlFragments,
  mysql: mysqlFragments,
}

const mysqlFamily: RandomFeatures = {
  ...leastFeatures,
  enums: true,
  comments: true,
  identity: ['autoIncrement'],
  generated: ['stored', 'virtual'],
  onUpdate: true,
  expressionIndexes: true,
  descendingIndexes: true,
  prefixIndexes: true,
  tableOptions: true,
}

export const features: { readonly [server in keyof typeof fragments]: RandomFeatures } = {
  sqlite: {
    ...leastFeatures,
    enums: true,
    identity: ['autoIncrement'],
    generated: ['stored', 'virtual'],
    deferrable: ['foreignKey'],
    partialIndexes: true,
    expressionIndexes: true,
    descendingIndexes: true,
    textKeys: true,
    textDefaults: true,
    setDefault: true,
  },
  postgres: {
    ...leastFeatures,
    schemas: true,
    enums: true,
    sequences: true,
    comments: true,
    identity: ['always', 'byDefault'],
    generated: ['stored'],
    nullsNotDistinct: true,
    deferrable: ['unique', 'primaryKey', 'foreignKey'],
    partialIndexes: true,
    expressionIndexes: true,
    includeIndexes: true,
    descendingIndexes: true,
    nullsOrder: true,
    textKeys: true,
    textDefaults: true,
    setDefault: true,
    matchFull: true,
    exclude: true,
    materializedViews: true,
    tableOptions: true,
  },
  mariadb: { ...mysqlFamily, sequences: true, expressionIndexes: false, textDefaults: true },
  mysql: mysqlFamily,
}
