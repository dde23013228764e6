import { cancelUntilAnswered } from '@org/migrate-core/dialect'
import type { DriverConnection } from './driver.ts'

/** Ends what is running until its answer has come: by the driver, or from a second connection. */
export function killQuery(
  driver: Pick<DriverConnection, 'interrupt' | 'threadId'>,
  connect: () => Promise<DriverConnection>,
  answered: Promise<unknown>,
): Promise<void> {
  return cancelUntilAnswered(answered, async () => {
    if (driver.interrupt !== undefined) return driver.interrupt()
    const other = await connect()
    try {
      await other.text(`KILL QUERY ${driver.threadId}`)
    } finally {
      other.destroy()
    }
  })
}
