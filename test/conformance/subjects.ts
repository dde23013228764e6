import type { RandomFeatures, Words } from './subject.ts'

const quotedTwice = (name: string): string => `"${name.replaceAll('"', '""')}"`
const inBackticks = (name: string): string => `\`${name.replaceAll('`', '``')}\``

/** The words of the four databases, as their manuals have them. */
export const words: { readonly [server in 'sqlite' | 'postgres' | 'mariadb' | 'mysql']: Words } = {
  sqlite: {
    quoted: quotedTwice,
    astralNames: true,
    trigger: (name) =>
      `CREATE TRIGGER ${name} AFTER INSERT ON item BEGIN INSERT INTO log (note) VALUES (NEW.name); END`,
    collation: 'NOCASE',
    tableOption: { name: 'strict', value: true, other: false },
    nativeType: 'TINYINT UNSIGNED',
  },
  postgres: {
    quoted: quotedTwice,
    astralNames: true,
    nameLimit: { length: 63, unit: 'bytes' },
    trigger: (name) => `CREATE TRIGGER ${name} AFTER INSERT ON item FOR EACH ROW EXECUTE FUNCTION log_name()`,
    beforeTrigger:
      "CREATE FUNCTION log_name() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO log (note) VALUES (NEW.name); RETURN NULL; END'",
    collation: 'C',
    tableOption: { name: 'fillfactor', value: '70', other: '80' },
    extension: 'citext',
    nativeType: 'tsvector',
  },
  mariadb: {
    quoted: inBackticks,
    astralNames: false,
    nameLimit: { length: 64, unit: 'characters' },
    trigger: (name) =>
      `CREATE TRIGGER ${name} AFTER INSERT ON item FOR EACH ROW INSERT INTO log (note) VALUES (NEW.name)`,
    collation: 'utf8mb4_bin',
    tableOption: { name: 'collation', value: 'utf8mb4_general_ci', other: 'utf8mb4_bin' },
    nativeType: 'mediumint unsigned',
  },
  mysql: {
    quoted: inBackticks,
    astralNames: false,
    nameLimit: { length: 64, unit: 'characters' },
    trigger: (name) =>
      `CREATE TRIGGER ${name} AFTER INSERT ON item FOR EACH ROW INSERT INTO log (note) VALUES (NEW.name)`,
    collation: 'utf8mb4_bin',
    tableOption: { name: 'collation', value: 'utf8mb4_general_ci', other: 'utf8mb4_bin' },
    nativeType: 'mediumint unsigned',
  },
}

const mysqlFamily: RandomFeatures = {
  schemas: false,
  enums: true,
  sequences: false,
  comments: true,
  identity: ['autoIncrement'],
  generated: ['stored', 'virtual'],
  nullsNotDistinct: false,
  deferrable: [],
  partialIndexes: false,
  expressionIndexes: true,
  includeIndexes: false,
  descendingIndexes: true,
  nullsOrder: false,
  prefixIndexes: true,
  textKeys: false,
  textDefaults: false,
  setDefault: false,
  matchFull: false,
  exclude: false,
  materializedViews: false,
  tableOptions: true,
}

export const features: { readonly [server in keyof typeof words]: RandomFeatures } = {
  sqlite: {
    schemas: false,
    enums: true,
    sequences: false,
    comments: false,
    identity: ['autoIncrement'],
    generated: ['stored', 'virtual'],
    nullsNotDistinct: false,
    deferrable: ['foreignKey'],
    partialIndexes: true,
    expressionIndexes: true,
    includeIndexes: false,
    descendingIndexes: true,
    nullsOrder: false,
    prefixIndexes: false,
    textKeys: true,
    textDefaults: true,
    setDefault: true,
    matchFull: false,
    exclude: false,
    materializedViews: false,
    tableOptions: false,
  },
  postgres: {
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
    prefixIndexes: false,
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
