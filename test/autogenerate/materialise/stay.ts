import { dialectAt } from './dialect-at.ts'

const dialect = dialectAt(process.argv[2] ?? '')
await dialect.shadow?.use(
  async ({ session }) => {
    await session.execute('CREATE TABLE made_here (a int)')
    const [row] = await session.query(
      dialect.name === 'mysql' ? 'SELECT DATABASE() AS place' : 'SELECT pg_backend_pid()::text AS place',
    )
    console.log(String(row?.place))
    await new Promise((resolve) => setTimeout(resolve, 600_000))
  },
  { schemas: ['audit'] },
)
