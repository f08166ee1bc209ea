package io.holdfast.api.notification;

import io.holdfast.api.secret.Secrets;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.SendFailedException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Date;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One mail, one connection. What a server may take is bounded by step and as a whole. */
@ApplicationScoped
class Mailer {
  private static final String STEP_MILLIS = "5000";

  @Inject Destinations destinations;
  @Inject TrustedAuthorities trusted;
  @Inject Secrets secrets;
  @Inject NotificationConfig config;
  @Inject Clock clock;

  /** The message id is made of the delivery's, so that a mail that comes twice can be told. */
  String send(MailTarget target, String deliveryId, Notice notice) throws NotSent {
    String security = target.securityOrDefault();
    int port = target.portOrDefault();
    String password = null;
    if (target.passwordRef() != null) {
      password =
          secrets
              .find(target.passwordRef())
              .orElseThrow(() -> NotSent.noSecret(target.passwordRef()));
    }
    InetAddress address = destinations.resolve(target.host(), port, !security.equals("NONE"));
    String place = "mail server '" + target.host() + ":" + port + "'";
    try (MailSockets sockets = new MailSockets()) {
      MailTls tls = new MailTls(trusted.sockets(), target.host(), sockets);
      Session session = Session.getInstance(settings(security, sockets, tls));
      String login = password;
      CompletableFuture<Void> sent = new CompletableFuture<>();
      Thread unused =
          Thread.ofVirtual()
              .name("mail")
              .start(() -> complete(sent, session, target, address, login, deliveryId, notice));
      sent.get(config.timeout().toMillis(), TimeUnit.MILLISECONDS);
      return "taken by " + target.host();
    } catch (TimeoutException e) {
      throw NotSent.late(place, config.timeout());
    } catch (ExecutionException e) {
      throw failed(place, e.getCause());
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      throw NotSent.late(place, config.timeout());
    }
  }

  private static NotSent failed(String place, Throwable because) {
    if (because instanceof SendFailedException) {
      return NotSent.refused(place, "that it does not take this mail");
    }
    return because instanceof AuthenticationFailedException
        ? NotSent.refused(place, "that it does not take the login")
        : NotSent.unreachable(place, because);
  }

  /** By the address that was looked at: a name may lead elsewhere by now. */
  private void complete(
      CompletableFuture<Void> sent,
      Session session,
      MailTarget target,
      InetAddress address,
      String password,
      String deliveryId,
      Notice notice) {
    try (Transport transport = session.getTransport("smtp")) {
      Message message = message(session, target, deliveryId, notice);
      transport.connect(
          address.getHostAddress(), target.portOrDefault(), target.username(), password);
      transport.sendMessage(message, message.getAllRecipients());
      sent.complete(null);
    } catch (MessagingException | RuntimeException e) {
      sent.completeExceptionally(e);
    }
  }

  private Message message(Session session, MailTarget target, String deliveryId, Notice notice)
      throws MessagingException {
    MimeMessage message =
        new MimeMessage(session) {
          @Override
          protected void updateMessageID() throws MessagingException {
            setHeader("Message-ID", "<" + deliveryId + "@holdfast>");
          }
        };
    message.setFrom(new InternetAddress(target.from(), true));
    for (String to : target.to()) {
      message.addRecipient(Message.RecipientType.TO, new InternetAddress(to, true));
    }
    message.setSubject(NoticeText.subject(notice), StandardCharsets.UTF_8.name());
    message.setText(NoticeText.mail(notice), StandardCharsets.UTF_8.name());
    message.setHeader("Auto-Submitted", "auto-generated");
    message.setHeader("X-Holdfast-Delivery", deliveryId);
    message.setSentDate(Date.from(clock.instant()));
    return message;
  }

  private static Properties settings(String security, MailSockets sockets, MailTls tls) {
    Properties settings = new Properties();
    settings.put("mail.smtp.socketFactory", sockets);
    settings.put("mail.smtp.ssl.socketFactory", tls);
    settings.setProperty("mail.smtp.socketFactory.fallback", "false");
    settings.setProperty("mail.smtp.connectiontimeout", STEP_MILLIS);
    settings.setProperty("mail.smtp.timeout", STEP_MILLIS);
    settings.setProperty("mail.smtp.writetimeout", STEP_MILLIS);
    settings.setProperty("mail.smtp.quitwait", "false");
    settings.setProperty("mail.smtp.localhost", "holdfast");
    settings.setProperty("mail.smtp.ssl.enable", Boolean.toString(security.equals("TLS")));
    settings.setProperty("mail.smtp.ssl.checkserveridentity", "true");
    settings.setProperty(
        "mail.smtp.starttls.enable", Boolean.toString(security.equals("STARTTLS")));
    settings.setProperty(
        "mail.smtp.starttls.required", Boolean.toString(security.equals("STARTTLS")));
    return settings;
  }
}
