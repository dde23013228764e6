import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const home = fileURLToPath(new URL('../../kit/fixtures/adopt/', import.meta.url))

/** As they were made. What is made again has other times in it, and other sums. */
const sums: Readonly<Record<string, string>> = {
  'alembic/mariadb.sql': '452dcd0e974e8ed0843b8ef05aec21f56be982b54ed1b8fcc850b1fc9610944a',
  'alembic/mysql.sql': '09c46066d999dc561d086b4ddd5b59dfcc091903665653a94617a8003eeea42c',
  'alembic/postgres.sql': 'b58b3d75979b5485a6cef2f3f928d520e1ca9a3aacaecf027c1c218c09d6c4ef',
  'alembic/sqlite.sql': 'dbc54b84f747783c98eca9161de3e369e852c3099b97e2c7d2736cfcdf65a2cc',
  'dbmate/mariadb.sql': 'ebcbb2ae691e4dc3c1e276b721a98d76e24abb721c01820fcd882eb2755f4eb4',
  'dbmate/mysql.sql': 'f3ac2f9dc560278158b3fd9d67369b89aa79f3fe169d5196d6e59b2b9e51d8fd',
  'dbmate/mysql/20210506070800_create_authors.sql': '02786a95e4b8a7cd289a9187e22e68cc873512bd760f8c0905133d43ff83c3a3',
  'dbmate/mysql/20210601090000_create_works.sql': 'a76650753b986ba7b222d4fb190512b7edfee9bdf78de64f6a60660889958f9e',
  'dbmate/mysql/20210715120000_long_works.sql': 'e50caa4296303c0f651979ddaa680ed33d38d97cd55655b031074e8ed68268ef',
  'dbmate/postgres.sql': 'e845aea5cb1fe8f1e3d4204bdc00c8c7de70c5aa2e39e1d13760d542cf9cb546',
  'dbmate/postgres/20210506070800_create_authors.sql':
    'dcf3ecec364016d454f4bfc14826cb2312274b40e5dd343d0d2badcbd6edf670',
  'dbmate/postgres/20210601090000_create_works.sql': '5fab6f6174cce133b70d052a0cb0590765478304b0c85f7865cc8d9879138539',
  'dbmate/postgres/20210715120000_index_works.sql': '531121bf1e0e713142caf58e0b8e7422a994b80bb2d137337d72f46c38db768d',
  'dbmate/postgres/20210801080000_long_works.sql': 'e50caa4296303c0f651979ddaa680ed33d38d97cd55655b031074e8ed68268ef',
  'dbmate/sqlite.sql': '5350cbe5b4aef57a220518b8aea555a48e8d292cc9316683a45825ffd89056aa',
  'dbmate/sqlite/20210506070800_create_authors.sql': 'cb2495b9a942a7156a16593c741ca000fd2361ce7b37754638d6f48e0b25d24b',
  'dbmate/sqlite/20210601090000_create_works.sql': '2651181f90ebdb5230d0e53e3ee2302cf6231a6ac30ba3d9b075eb811e8fef59',
  'dbmate/sqlite/20210715120000_long_works.sql': '932efe96aa2c60905f42f208327c20715890f155c75916f6f385bc847ea3370b',
  'drizzle-kit/mariadb.sql': 'd06612c896b1105b93b9d3089aa25ddc3e68731680656bad30769eb257474691',
  'drizzle-kit/mysql.sql': '29eb6830d168f09dea13570fa591f9d5506b47bc171140471891b1cbf9dd2e7c',
  'drizzle-kit/mysql/drizzle/0000_shop.sql': '04ef43f0b2816f1b3a95b92a22aee93bae53d5dbcef4958d99ea4a16a9714106',
  'drizzle-kit/mysql/drizzle/0001_orders.sql': '486249656cf593ed885985d88dbc0ce43f8b78c250b6c542e5510a691feb7b3c',
  'drizzle-kit/mysql/drizzle/0002_stock.sql': '6b27de1e96ccbbc8e82a8da4bbf3bb27268c46cc19937a1c9ba0c460cc8086f4',
  'drizzle-kit/mysql/drizzle/0003_view.sql': 'a791efe4c4b1608e1283adcdd54fef4ac5adf8b23e87fc040c7750f40c8fb701',
  'drizzle-kit/mysql/drizzle/0004_returns.sql': '5896cb6a1b673bdd3a8d54e2fe463d0d41af2e4f9c3c0e983d61773da69c88de',
  'drizzle-kit/mysql/drizzle/meta/_journal.json': 'e5ebc683c479951af1c7fc31c318d054ac091ac4c27db58115cf6d588f9fe0cf',
  'drizzle-kit/postgres.sql': 'adfa18ed8cf066cd41375eede3aa3f2615a5b6cc1d4976f6220463c919405c70',
  'drizzle-kit/postgres/drizzle/0000_shop.sql': 'c96ec0bb7200a9d5ccd8e251c4acfdbe6882ac7ee1dcda67e9829e134787ad53',
  'drizzle-kit/postgres/drizzle/0001_orders.sql': '3ec4458b87e5d7b5b04ba0e3132613dc39f83c9b7f9e8130b76ddafe21b6cb33',
  'drizzle-kit/postgres/drizzle/0002_stock.sql': '1975f8fc47b3ba2e36a9d90206e23ffa718427f2ac0559c3f2bd033c69ff3b6a',
  'drizzle-kit/postgres/drizzle/0003_view.sql': 'a791efe4c4b1608e1283adcdd54fef4ac5adf8b23e87fc040c7750f40c8fb701',
  'drizzle-kit/postgres/drizzle/0004_returns.sql': 'c5be65e9195e942f22f899e5a94b4d0ee6d41ce224db1aee260392db4993eda3',
  'drizzle-kit/postgres/drizzle/meta/_journal.json': '1822c6625578eea951ee4a31842206f8566855ee1bbab7b984370e76bf62bc4e',
  'drizzle-kit/sqlite.sql': '0e78e49813db38a770c9ff909d31db7544eb8756263a6ebc47290908ef1418e5',
  'drizzle-kit/sqlite/drizzle/0000_shop.sql': 'd3e7a2f1b754f8981df4033175af4f76445801f8733c30646fb15790b7faab30',
  'drizzle-kit/sqlite/drizzle/0001_orders.sql': 'dc0b548cbf5755d1e4568ce3e7eccca4ee94b038613af872ba316443d4da7a8b',
  'drizzle-kit/sqlite/drizzle/0002_stock.sql': 'b288a3772a99907e59c48ddc09d77308521087443c0982b1eb29e9f787e14ad6',
  'drizzle-kit/sqlite/drizzle/0003_view.sql': 'a791efe4c4b1608e1283adcdd54fef4ac5adf8b23e87fc040c7750f40c8fb701',
  'drizzle-kit/sqlite/drizzle/0004_returns.sql': '69fbf698c88acb6e26f18560a45acbd4e0db4af6f16c25e239f40635ae9cc6db',
  'drizzle-kit/sqlite/drizzle/meta/_journal.json': '5e4c3c1f581777ccbbf22b4ed08f560c45d794a7dd162a9b049d25aefffc06b4',
  'knex/mariadb.sql': 'beecdfb024f399e13952ec2686632468110c047390a9b1fa75e868b643c13595',
  'knex/mysql.sql': 'dd818e210f3e622aaeea7902eb1215ab448cb0a63ce66779f405652b70fbca16',
  'knex/postgres.sql': '2987d9514db824d28600f8c088608d33476ee3698f54026d795dab371e8ea7bc',
  'knex/sqlite.sql': '394443f2da0ce2e07008e67a01adf9592f3c857bb917c9de8dfa027e4734c5aa',
  'kysely/mariadb.sql': '7b8b4b3591b7a3c24eedf50cd31c6bf7b5666befa2749ed191fd5a546933d925',
  'kysely/mysql.sql': '9713dc6491f8c17809e85e80de273064586f5b016705b0f26237c00c32983d32',
  'kysely/postgres.sql': '7e7767b7ecf6734377988266e0a455794838d7dd613b31888bdde93a89383a10',
  'kysely/sqlite.sql': 'b5f2f64a7082ecb1fdac6e5e8cd4dbf85f060a18186916513cdbebc33cf0fede',
  'umzug/mariadb.sql': '3311c45dde11d4fc0016b1f66050dd492bb1c627bb3c20f8e6ebcae001c7566b',
  'umzug/mysql.sql': '15c372ed5f594843dcf3a95e687158f4c3a7a8f38f78e5f1b81f61cb3fd72929',
  'umzug/postgres.sql': '5bca38705db62c2ec163c3cfca5a6569d08de00dfe5758b4e0c76f1d3473421a',
  'umzug/sqlite.sql': '48b28d85fc1f2c4e6b7530e571b654c682aee5e5ff05a1da6c85b3bbd7bf7539',
}

const files = readdirSync(home, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => relative(home, join(entry.parentPath, entry.name)).replaceAll(sep, '/'))
  .filter((file) => !file.startsWith('make/') && !file.endsWith('_snapshot.json') && file !== 'README.md')

describe('the databases of other tools', () => {
  it('are those that the tools made', () => {
    const hashes = files.map((file) => [
      file,
      createHash('sha256')
        .update(readFileSync(join(home, file)))
        .digest('hex'),
    ])
    expect(Object.fromEntries(hashes)).toEqual(sums)
  })

  it('say nothing of the machine that they were made on', () => {
    const revealing = files.filter((file) =>
      /\/(tmp|home|work)\/|127\.0\.0\.1|localhost/.test(readFileSync(join(home, file), 'utf8')),
    )
    expect(revealing).toEqual([])
  })
})
