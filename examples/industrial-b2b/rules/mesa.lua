-- La mesa de ventas: horario, plazos, listas.
calendar "bilbao" {
  doc = "Cuando hay alguien en la oficina", zone = "Europe/Madrid",
  days = { "mon-thu 08:00-17:00", "fri 08:00-14:00" }, holidays = { "01-01", "01-06", "05-01", "08-15", "10-12", "11-01", "12-06", "12-08", "12-25" },
}
sla "primera_llamada" {
  doc = "Quien pide algo recibe una llamada el mismo día laborable", stage = "mql",
  stops_at = track "Call Attempted" | track "Call Completed" | act "log_call", warn = "4h", due = "8h", hours = "bilbao",
  breach = { escalate = "jefe_de_ventas" },
}
worklist "llamar" { doc = "Han pedido algo", stage = "mql", order = { "clock", "intencion", "waiting" } }
worklist "asistencia" { doc = "Consultas técnicas, fuera del embudo", stage = "asistencia", order = { "recent" } }
-- Los avisos van aquí a un fichero del directorio de datos; en serio sería una URL o un plugin.
destination "ventas" { doc = "El canal del equipo de ventas", file = "ventas.ndjson" }
effect "para_llamar" { doc = "Alguien pide algo: con todo lo que se sabe", on = entered "mql", to = "ventas", type = "lead.qualified", handoff = true }
effect "sin_llamar"  { doc = "Nadie ha llamado a tiempo", on = breached "primera_llamada", to = "ventas", type = "lead.late" }
