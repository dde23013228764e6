import { type Column, type ExactTypes, texts } from './types.ts'

const columns: readonly Column[] = [
  ['tinyint(1)', '1', '0', '2', '-128'],
  ['bigint', '9223372036854775807', '-9223372036854775808', '9007199254740993'],
  ['bigint unsigned', '18446744073709551615', '9223372036854775808'],
  ['decimal(30,10)', '12345678901234567890.1234567890', '-0.1'],
  ['decimal(65,30)', '12345678901234567890123456789012345.123456789012345678901234567891'],
  ['float', '16777217', '0.1', '3.4e38', '-0e0', '1.17549435e-38', '123456.789'],
  ['double', '-0e0', '1.7976931348623157e308', '5e-324', '0.1', '9007199254740993', '1e23'],
  ['varchar(40)', ...texts, "'back\\\\slash'", "'\\0nul'"],
  ['char(20)', ...texts],
  ['longtext', ...texts, "'\\0nul'"],
  ['text character set latin1', "'größe'", "''"],
  ['text collate utf8mb4_bin', ...texts],
  ['binary(4)', "x'00275cff'", "x'20'", "''"],
  ['varbinary(9)', "''", "x'00275c2000'"],
  ['longblob', "''", "x'00275cff'"],
  ['json', `'{"n": 1234567890123456789, "f": 0.10}'`, "'null'", `'"🦊\\\\n"'`, `'[1.0, 1e308, 18446744073709551615]'`],
  ['date', "'0000-00-00'", "'0001-01-01'", "'9999-12-31'", "'2026-00-00'", "'1582-10-10'"],
  ['time(6)', "'-838:59:59.000000'", "'08:09:10.123456'", "'838:59:58.999999'", "'-00:00:00.000001'"],
  [
    'datetime(6)',
    "'0000-00-00 00:00:00'",
    "'0001-01-01 00:00:00.000001'",
    "'9999-12-31 23:59:59.999999'",
    "'1883-11-18 12:03:58'",
  ],
  ['timestamp(6) NULL', "'1970-01-01 12:00:01.000001'", "'2038-01-18 03:14:07.999999'", "'2026-03-29 02:30:00.5'"],
  ['year', '1901', '2155', '0'],
  ["enum('abcd','42','','ä''\"')", "'42'", "''", "'ä''\"'"],
  ["set('abcd','42','x')", "''", "'abcd,x'", "'42'"],
  ['bit(9)', "b'101010101'", "b'0'"],
  ['bit(64)', "b'1111111111111111111111111111111111111111111111111111111111111111'"],
  ['point', "ST_GeomFromText('POINT(0.1 -7)')"],
]

const keys = [
  'int',
  'bigint unsigned',
  'varchar(40)',
  'decimal(30,10)',
  'datetime(6)',
  'varbinary(9)',
  'timestamp(6) NULL',
  'date',
  'time(6)',
  'double',
  'float',
  'char(20)',
  "enum('abcd','42','','ä''\"')",
  'bit(9)',
  'year',
  'decimal(65,30)',
]

const conversions: ExactTypes['conversions'] = {
  double: ['float', 'decimal(40,2)'],
  float: ['double', 'decimal(60,2)'],
  'decimal(30,10)': ['double', 'decimal(22,1)'],
  'decimal(65,30)': ['decimal(40,2)', 'double'],
  'datetime(6)': ['datetime', 'date'],
  'time(6)': ['time'],
  longtext: ['text'],
  'timestamp(6) NULL': ['datetime(3)'],
  'varbinary(9)': ['longblob', 'binary(9)'],
  'binary(4)': ['varbinary(9)'],
  year: ['int'],
  'bit(9)': ['bit(64)', 'int'],
  'text collate utf8mb4_bin': ['text'],
  'text character set latin1': ['text'],
  date: ['datetime', 'timestamp'],
  // Of a DOUBLE or DECIMAL beyond 2^63 MySQL makes no BIGINT UNSIGNED: such a row blocks the downgrade.
  'bigint unsigned': ['varchar(67)'],
  'tinyint(1)': ['int', 'varchar(9)'],
  'varchar(40)': ['char(40)', 'text'],
  'char(20)': ['text', 'varchar(30)'],
  "enum('abcd','42','','ä''\"')": ["enum('','ä''\"','42','abcd')", 'varchar(20)'],
  "set('abcd','42','x')": ['varchar(20)'],
  json: ['longtext'],
  int: ['bigint', 'double'],
}

const shown = (column: string, type: string): string => {
  if (/^(?:float|double)/.test(type)) return `CONCAT(CAST(${column} AS DOUBLE), '')`
  if (/^(?:longblob|binary|varbinary|bit|point|json)/.test(type)) return `HEX(${column})`
  // The empty value of an ENUM is another one than its value ''.
  if (/^(?:enum|set)/.test(type)) return `CONCAT(HEX(CONCAT(${column}, '')), ' ', ${column} + 0)`
  return `HEX(CONCAT(${column}, ''))`
}

export const mysqlTypes: ExactTypes = { columns, keys, conversions, exactly: shown }
