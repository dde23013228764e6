import { type Column, type ExactTypes, texts } from './types.ts'

const columns: readonly Column[] = [
  ['smallint', '-32768', '0'],
  ['bigint', '9223372036854775807', '-9223372036854775808', '9007199254740993'],
  ['numeric', '12345678901234567890.123456789012345678901234567890', "'NaN'", '0.00', '-0.10', '1e100'],
  ['numeric(30,10)', '12345678901234567890.1234567890'],
  ['real', "'-0'", '1e38', "'NaN'", '16777217', '0.1'],
  ['double precision', "'-0'", '1e308', '5e-324', "'NaN'", "'Infinity'", "'-Infinity'", '0.1', '9007199254740993'],
  ['boolean', 'true', 'false'],
  ['text', ...texts, "E'back\\\\slash'"],
  ['varchar(40)', ...texts],
  ['char(20)', ...texts],
  ['bytea', "'\\x'", "'\\x00275cff'"],
  ['json', `'{"n": 12345678901234567890, "f": 0.10, "n": 1}'`, "'null'", `' [1e400]'`, `'"🦊\\n"'`],
  ['jsonb', `'{"n": 12345678901234567890, "f": 0.10}'`, "'null'", "'[]'", `'"\\\\"'`],
  [
    'date',
    "'infinity'",
    "'-infinity'",
    "'4713-01-01 BC'",
    "'1582-10-10'",
    "'1899-12-31'",
    "'12000-02-28'",
    "'0099-01-02'",
  ],
  ['time', "'24:00:00'", "'08:09:10.123456'"],
  ['timetz', "'08:09:10.123456+05:45'"],
  [
    'timestamp',
    "'infinity'",
    "'0001-01-01 00:00:00.000001 BC'",
    "'12000-02-28 01:02:03.999999'",
    "'1883-11-18 12:03:58'",
  ],
  ['timestamptz', "'-infinity'", "'1883-11-18 12:03:58+05:41:16'", "'2026-03-29 02:30:00.123456+01'", "'20000-01-01Z'"],
  ['interval', "'-1 year 3 days -04:05:06.789'", "'178000000 years'", "'1 mon'"],
  ['uuid', "'0c0ffee0-1234-4abc-8def-0123456789ab'"],
  ['xml', "'<a>b</a>'", "'a<b/>c'", "''"],
  ['inet', "'::1/64'", "'10.0.0.1'"],
  ['bit(9)', "B'101010101'"],
  ['bit varying', "B''", "B'0'"],
  ['text[]', `'{}'`, `'{NULL,"NULL","",a\\\\b,"x,y"}'`, `'{{a,b},{c,d}}'`, `'[5:6]={a,b}'`],
  ['int8[]', `'{9223372036854775807,NULL}'`],
  ['timestamptz[]', `'{infinity,"2026-03-29 02:30:00.123456+01"}'`],
  ['float8[]', `'{-0,NaN,0.1}'`],
  ['money', "'-12.34'", "'92233720368547758.07'"],
  ['oid', '4294967295'],
  ['int4range', "'[1,5)'", "'empty'", "'(,)'"],
  ['tstzrange', `'["2026-03-29 02:30:00.123456+01",infinity)'`],
  ['point', "'(0.1,-0)'"],
  ['tsvector', `'a:1A ''b c'':2'`],
  ['"char"', "'x'"],
  ['name', "'a name'"],
  ['macaddr', "'08:00:2b:01:02:03'"],
  ['pg_lsn', "'16/B374D848'"],
]

const keys = [
  'integer',
  'bigint',
  'text',
  'numeric',
  'double precision',
  'bytea',
  'timestamptz',
  'date',
  'uuid',
  'timestamp',
  'char(20)',
  'interval',
  'text[]',
  'jsonb',
  'bit varying',
  'real',
  'time',
  'int4range',
]

const conversions: ExactTypes['conversions'] = {
  bigint: ['double precision', 'numeric'],
  'double precision': ['real'],
  numeric: ['numeric(60,2)', 'double precision'],
  'numeric(30,10)': ['numeric(22,1)', 'real'],
  timestamp: ['timestamp(0)', 'timestamptz'],
  timestamptz: ['timestamptz(0)', 'timestamp', 'date'],
  interval: ['interval(0)'],
  jsonb: ['text', 'json'],
  json: ['jsonb', 'text'],
  real: ['double precision', 'numeric'],
  'char(20)': ['text', 'varchar(30)'],
  time: ['time(0)'],
  timetz: ['time'],
  'text[]': ['varchar(30)[]'],
  'timestamptz[]': ['timestamptz(0)[]'],
  'float8[]': ['real[]'],
  money: ['numeric'],
  text: ['varchar(60)', 'char(60)'],
  'varchar(40)': ['char(40)', 'text'],
  name: ['text'],
  integer: ['bigint', 'double precision'],
  'bit(9)': ['bit varying'],
  uuid: ['text'],
  date: ['timestamp', 'text'],
}

const isText = (type: string): boolean => /^(?:text|varchar|char|name)\b(?!.*\[)/.test(type)

/** No bigint takes the double precision of 2^63. */
const casts: ExactTypes['casts'] = (column, from, to) => {
  if (from === 'bigint' && to === 'double precision')
    return {
      using: `${column}::${to}`,
      usingBack: `CASE WHEN ${column} < 9223372036854775807 THEN ${column}::bigint END`,
    }
  return isText(to) && !isText(from) ? { using: `${column}::${to}`, usingBack: `${column}::${from}` } : undefined
}

const binary: { readonly [type: string]: string } = {
  'double precision': 'float8send',
  real: 'float4send',
  timestamptz: 'timestamptz_send',
}

export const postgresTypes: ExactTypes = {
  columns,
  keys,
  conversions,
  casts,
  exactly: (column, type) => `${binary[type] ?? ''}(${column})::text`,
}
