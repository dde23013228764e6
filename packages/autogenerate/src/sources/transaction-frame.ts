/** A statement that begins a transaction, and says nothing of its kind. */
export const beginsTransaction = (sql: string): boolean =>
  /^(?:BEGIN|START\s+TRANSACTION|BEGIN\s+(?:TRANSACTION|WORK))$/i.test(sql)

/** A statement that commits the transaction that is open. */
export const commitsTransaction = (sql: string): boolean =>
  /^(?:COMMIT|END|(?:COMMIT|END)\s+(?:TRANSACTION|WORK))$/i.test(sql)
