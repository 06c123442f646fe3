/** The sender of each kind. */
import type { AlertMessage, TargetConfig } from '../../../../shared/alerts.ts';
import { sendDesktop } from './desktop.ts';
import type { DesktopPort } from './desktop.ts';
import type { Remark, SendLimits } from './sending.ts';
import { sendSlack } from './slack.ts';
import { sendSyslog } from './syslog.ts';
import { sendWebhook } from './webhook.ts';

export interface Outgoing {
  readonly config: TargetConfig;
  readonly credential: string | null;
  readonly message: AlertMessage;
  readonly signal: AbortSignal;
  readonly limits: SendLimits;
}

/** Resolves when the receiver took it; throws a `DeliveryFault`. */
export async function sendTo(desktop: DesktopPort | null, { config, ...rest }: Outgoing): Promise<Remark> {
  switch (config.kind) {
    case 'desktop': return sendDesktop(desktop, { config, ...rest });
    case 'webhook': return sendWebhook({ config, ...rest });
    case 'slack': return sendSlack({ config, ...rest });
    case 'syslog': return sendSyslog({ config, ...rest });
    case 'email': {
      // Loaded with the first mail: who sends none pays nothing for it.
      const { sendEmail } = await import('./email.ts');
      return sendEmail({ config, ...rest });
    }
  }
}
