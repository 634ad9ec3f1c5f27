/** What is shown of the log: levels, an agent, a text; and pause, clear, download. */
import { Download, Pause, Play, Trash2 } from 'lucide-react';
import { memo, useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { download } from './lines/download.ts';
import type { LogFollower } from './lines/log-follower.ts';
import { type LevelWord, levelWords } from './lines/log-levels.ts';
import styles from './logs.module.css';

const counted = new Intl.NumberFormat(undefined, { notation: 'compact', maximumFractionDigits: 1 });

/** `version` says when the counts are new. */
export const LogToolbar = memo(function LogToolbar({ follower }: { follower: LogFollower; version: number }) {
  const { book, isPaused, held } = follower;
  const { filter } = book;
  // As it was typed: the filter has it in lower case.
  const [text, setText] = useState('');
  const toggle = (word: LevelWord) => {
    const hidden = new Set(filter.hidden);
    if (!hidden.delete(word)) hidden.add(word);
    follower.setFilter({ ...filter, hidden });
  };
  const agents = [...new Set([...book.sources.keys(), ...(filter.agent ? [filter.agent] : [])])].sort();
  return (
    <div className={styles.tools} role="toolbar" aria-label="What is shown">
      <input
        type="search"
        className={styles.search}
        placeholder="Filter by text"
        aria-label="Filter by text"
        value={text}
        onChange={({ target: { value } }) => {
          setText(value);
          follower.setText(value.trim().toLowerCase());
        }}
      />
      <select
        className={styles.select}
        aria-label="Source"
        value={filter.agent}
        onChange={({ target }) => follower.setFilter({ ...filter, agent: target.value })}
      >
        <option value="">All sources</option>
        {agents.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
      <fieldset className={styles.levels}>
        <legend className="visually-hidden">Levels</legend>
        {levelWords.map((word) => (
          <button
            key={word}
            type="button"
            className={styles.level}
            data-level={word}
            aria-pressed={!filter.hidden.has(word)}
            onClick={() => toggle(word)}
          >
            {word} <span className={styles.count}>{counted.format(book.levels.get(word) ?? 0)}</span>
          </button>
        ))}
      </fieldset>
      <div className={styles.acts}>
        <Button onClick={() => follower.pause(!isPaused)}>
          {isPaused ? <Play size={16} aria-hidden="true" /> : <Pause size={16} aria-hidden="true" />}
          {isPaused ? `Resume (${held.toLocaleString()} new ${held === 1 ? 'line' : 'lines'})` : 'Pause'}
        </Button>
        <Button onClick={() => follower.clear()} title="Empties this view; the server keeps its log">
          <Trash2 size={16} aria-hidden="true" />
          Clear
        </Button>
        <Button onClick={() => download(book.allShown())} disabled={book.shownCount === 0}>
          <Download size={16} aria-hidden="true" />
          Download
        </Button>
      </div>
    </div>
  );
});
