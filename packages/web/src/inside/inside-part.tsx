/** The instrument that was chosen. */
import { ArrowLeft } from 'lucide-react';
import { Link } from 'wouter';
import { basePath } from '../state/base.ts';
import page from '../ui/page.module.css';
import { parts } from './parts.ts';

export default function InsidePart({ part }: { part?: string }) {
  const found = parts.find(({ name }) => name === part);
  if (found?.View) return <found.View />;
  return (
    <div className={page.page}>
      <Link href="/inside" className={page.back}>
        <ArrowLeft size={20} aria-label="Back to Look inside" />
      </Link>
      <h1>{found?.title ?? 'Look inside'}</h1>
      <p className={page.lead}>
        {found ? `${found.about} Not here yet.` : 'What is going on, and why is there no answer?'}
      </p>
      <p>
        The HTTP API has it already: <a href={`${basePath}/docs`}>/docs</a>.
      </p>
    </div>
  );
}
