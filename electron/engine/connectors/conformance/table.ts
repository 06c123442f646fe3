/** What came of every connector under every behaviour, as text for a terminal. */

export class Table {
  readonly #columns: string[] = [];
  readonly #rows = new Map<string, Map<string, string>>();

  set(row: string, column: string, cell: string): void {
    if (!this.#columns.includes(column)) this.#columns.push(column);
    const cells = this.#rows.get(row) ?? new Map<string, string>();
    cells.set(column, cell);
    this.#rows.set(row, cells);
  }

  text(): string {
    const lines = [['Behaviour', ...this.#columns], ...[...this.#rows].map(([row, cells]) => [row, ...this.#columns.map((column) => cells.get(column) ?? 'NOT HELD')])];
    const widths = lines[0]!.map((_, i) => Math.max(...lines.map((line) => line[i]!.length)));
    const drawn = lines.map((line) => `| ${line.map((cell, i) => cell.padEnd(widths[i]!)).join(' | ')} |`);
    return [drawn[0], `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...drawn.slice(1)].join('\n');
  }
}
