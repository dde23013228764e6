import { type Column, type ExactTypes, texts } from './types.ts'

const columns: readonly Column[] = [
  ['INTEGER', '9223372036854775807', '-9223372036854775808', '9007199254740993', '1.5', "'x'", "x'00'"],
  ['REAL', '-0.0', '1e308', '5e-324', '9e999', '-9e999', '0.1', '9007199254740993', "'y'"],
  ['TEXT', ...texts, "'a' || char(0) || 'b'", "CAST(x'ff41fe' AS TEXT)", "x'41'", "char(65279) || 'bom'", 'char(0)'],
  ['BLOB', "x''", "x'00275cff'", "'text'", '1', '1.0', '-0.0', '9e999'],
  ['BOOLEAN', '1', '0', '2', "'yes'", '1.5'],
  ['JSON', `'{"n": 12345678901234567890}'`, '12345678901234567890', '1.50', "'null'", "'1.0'", '9e999'],
  ['DECIMAL(30, 10)', '12345678901234567890.123', "'1e21'", '1e21', "'0.10'", '-0.0', '1e-7'],
  ['DATETIME', "'0001-01-01'", "'12000-02-28 01:02:03.999999'", '1700000000', '1700000000.25'],
  ['', '1', '1.0', "'1'", "x'31'", 'NULL'],
]

const keys = ['INTEGER', 'TEXT', 'REAL', 'BLOB', 'DECIMAL(30, 10)', 'DATETIME']

const conversions: ExactTypes['conversions'] = {
  INTEGER: ['REAL', 'TEXT', 'DECIMAL(20, 2)'],
  REAL: ['INTEGER', 'TEXT', 'DECIMAL(20, 2)'],
  TEXT: ['VARCHAR(80)', 'BLOB', 'DECIMAL(20, 2)'],
  BLOB: ['TEXT', 'INTEGER'],
  BOOLEAN: ['TEXT', 'INTEGER', 'REAL'],
  JSON: ['TEXT', 'REAL'],
  'DECIMAL(30, 10)': ['REAL', 'TEXT', 'BIGINT'],
  DATETIME: ['TEXT', 'DATE'],
  '': ['TEXT', 'REAL'],
}

export const sqliteTypes: ExactTypes = {
  columns,
  keys,
  conversions,
  exactly: (column) => `typeof(${column}) || hex(${column}) || quote(${column})`,
}
