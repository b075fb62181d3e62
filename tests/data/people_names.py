# Copyright 2026 The Trato Authors
# SPDX-License-Identifier: Apache-2.0
"""What people.py makes its people of: names, streets and towns with their shares.

Spanish names are facts of Spain's statistics office (2015): how many thousands are
called so, of surnames as the first of two. English ones are in the order of how
common they are in England and Wales, each table read as 1 / (its place + 10).
A name of several words has "_" in place of its blanks.
"""

SPANISH_MEN = """
Antonio:715 José:642 Manuel:619 Francisco:530 Juan:368 David:360 José_Antonio:316
Javier:303 José_Luis:302 Francisco_Javier:289 Daniel:287 Jesús:285 Carlos:279 Miguel:255
Alejandro:251 José_Manuel:246 Rafael:244 Pedro:236 Miguel_Ángel:228 Ángel:227
José_María:216 Fernando:210 Pablo:209 Luis:203 Sergio:202 Jorge:190 Alberto:180
Juan_Carlos:161 Juan_José:157 Álvaro:150 Diego:148 Adrián:145 Raúl:139 Juan_Antonio:137
Enrique:134 Ramón:131 Iván:131 Vicente:128 Rubén:125 Óscar:122 Andrés:120 Joaquín:118
Juan_Manuel:115 Santiago:113 Eduardo:108 Víctor:104 Roberto:98 Jaime:98
Francisco_José:96 Mario:95 Ignacio:91 Alfonso:88 Marcos:86 Salvador:85 Ricardo:84
Jordi:83 Emilio:77 Julián:72 Guillermo:71 Julio:71 Gabriel:70 Tomás:68 Agustín:66
José_Miguel:66 Hugo:64 Marc:64 Gonzalo:63 José_Ramón:60 Mohamed:60 Félix:60 Joan:57
Nicolás:55 Ismael:55 Cristian:53 Samuel:51 Martín:49 Josep:49 Mariano:49 Aitor:48
Juan_Francisco:48 Domingo:48 Alfredo:45 José_Carlos:45 Sebastián:45 Héctor:44 César:43
Felipe:43 Iker:41 José_Ángel:41 José_Ignacio:40 Víctor_Manuel:39 Álex:38 Luis_Miguel:37
Gregorio:37 Rodrigo:35 José_Francisco:35 Lucas:35 Juan_Luis:35 Albert:34 Xavier:34
Lorenzo:33 Esteban:32 Cristóbal:32 Antonio_José:31 Arturo:30 Eugenio:30 Borja:30 Pau:28
José_Javier:28 Juan_Miguel:27 Jesús_María:27 Antonio_Jesús:27 Jaume:27
Francisco_Manuel:26 Aarón:26 Valentín:26 Isaac:26 Germán:26 Jonathan:25 Pedro_José:24
José_Vicente:24 Mateo:24 Mohammed:24 Abel:24 Eric:24 Asier:24 Joel:23 Moisés:23
Adolfo:23 Juan_Ramón:23 Mikel:22 Sergi:22 Christian:22 Juan_Pedro:22 Benito:22 Ahmed:22
Isidro:21 Manuel_Jesús:21 Iñigo:21 Unai:21 Ernesto:21 Bernardo:21 Gerardo:20 Darío:20
Izan:20 Gerard:20 Carmelo:20 Miquel:20 Jon:19 Antonio_Manuel:19
"""

SPANISH_WOMEN = """
María_del_Carmen:669 María:634 Carmen:416 Josefa:298 Isabel:280 Ana_María:277
María_del_Pilar:267 María_Dolores:265 María_Teresa:257 Ana:255 Laura:254
María_de_los_Ángeles:230 Cristina:230 Francisca:228 Marta:222 Antonia:221 Dolores:214
María_Isabel:206 María_José:205 Lucía:190 María_Luisa:167 Sara:161 Elena:161 Pilar:160
Paula:158 Concepción:157 Manuela:149 Rosa_María:148 Raquel:148 Mercedes:147
María_Jesús:141 Rosario:129 Juana:129 Teresa:128 Beatriz:124 Encarnación:123 Nuria:121
Silvia:120 Julia:119 Montserrat:113 Irene:113 Patricia:112 Rosa:112 Alba:106 Andrea:106
Rocío:105 Mónica:103 María_del_Mar:100 Ángela:100 Alicia:98 Sonia:98 Sandra:98 Susana:96
Marina:95 Margarita:94 Yolanda:93 Natalia:91 María_Josefa:91 María_del_Rosario:81
Inmaculada:80 Eva:78 María_Mercedes:77 Esther:77 Ana_Isabel:76 Claudia:74 Ángeles:74
Noelia:73 Verónica:71 Carla:67 Amparo:65 Carolina:65 María_Rosa:64 María_Victoria:64
Nerea:63 Sofía:63 Eva_María:63 María_Concepción:62 Lorena:62 Ana_Belén:61 Miriam:61
Victoria:60 Inés:60 María_Elena:60 María_Antonia:58 Catalina:58 Consuelo:57
María_Nieves:53 Lidia:53 Emilia:52 Luisa:51 Celia:51 Gloria:51 Olga:50 Daniela:50
Aurora:49 Esperanza:48 María_Soledad:48 Alejandra:48 Milagros:47 Josefina:47
María_Cristina:46 Fátima:46 Ainhoa:45 Virginia:45 María_Luz:44 Clara:44 Purificación:44
Vanesa:43 Anna:43 Lourdes:42 Begoña:39 Isabel_María:39 María_Belén:39 Martina:38
Estefanía:38 Blanca:38 Magdalena:38 Adriana:37 Elisa:37 María_Begoña:37
María_Asunción:37 Asunción:36 Vicenta:36 Matilde:36 Araceli:36 Gema:36 María_Paz:36
Remedios:35 Belén:35 María_Lourdes:34 Trinidad:34 María_Esther:34 Elvira:34 Soledad:34
Natividad:33 Tamara:33 Vanessa:31 Paloma:31 Gemma:31 Ascensión:31 Rebeca:31
María_Cruz:31 Almudena:30 Felisa:30 Laia:30 Mireia:30 María_Inmaculada:29 Nieves:29
Rafaela:29 Noemí:29
"""

SPANISH_SURNAMES = """
García:1473 González:927 Rodríguez:926 Fernández:920 López:873 Martínez:835 Sánchez:818
Pérez:780 Gómez:492 Martín:491 Jiménez:393 Ruiz:368 Hernández:360 Díaz:339 Moreno:320
Muñoz:282 Álvarez:282 Romero:220 Alonso:198 Gutiérrez:194 Navarro:178 Torres:168
Domínguez:158 Vázquez:148 Ramos:144 Gil:141 Ramírez:135 Serrano:132 Blanco:123
Molina:121 Morales:120 Suárez:120 Ortega:118 Delgado:117 Castro:115 Ortiz:107 Rubio:105
Marín:104 Sanz:94 Núñez:90 Iglesias:89 Medina:87 Garrido:86 Cortés:84 Castillo:84
Santos:83 Lozano:80 Guerrero:79 Cano:77 Prieto:74 Méndez:72 Calvo:70 Cruz:70 Gallego:70
Vidal:69 León:69 Márquez:69 Herrera:68 Peña:68 Flores:68 Cabrera:68 Campos:66 Vega:64
Fuentes:64 Díez:63 Carrasco:63 Caballero:61 Nieto:60 Reyes:60 Aguilar:59 Pascual:58
Herrero:58 Santana:58 Lorenzo:57 Montero:56 Hidalgo:56 Giménez:56 Ibáñez:55 Ferrer:55
Durán:54 Santiago:53 Vicente:53 Benítez:52 Mora:52 Arias:52 Vargas:52 Carmona:52
Crespo:50 Román:48 Pastor:48 Soto:48 Sáez:47 Velasco:47 Moya:46 Soler:46 Esteban:45
Parra:45 Bravo:45 Gallardo:45 Rojas:44 Pardo:44 Merino:43 Franco:42 Espinosa:42 Lara:42
Izquierdo:41 Rivas:41 Rivera:41 Casado:40 Camacho:40 Arroyo:40 Redondo:40 Vera:40 Rey:40
Silva:40 Galán:39 Luque:39 Otero:39 Montes:39 Sierra:39 Ríos:39 Segura:39 Carrillo:38
Marcos:38 Martí:37 Soriano:37 Mendoza:37 Bernal:36 Robles:36 Vila:36 Valero:36
Heredia:35 Expósito:35 Palacios:35 Macías:35 Benito:35 Varela:34 Guerra:34 Andrés:34
Roldán:34 Bueno:34 Mateo:34 Contreras:33 Villar:33 Pereira:33 Miranda:32 Guillén:32
Mateos:32 Escudero:32 Aguilera:32 Casas:31 Aparicio:31 Menéndez:31 Rivero:31 Estévez:30
Padilla:30 Beltrán:30 Gálvez:30 Calderón:30 Rico:30 Gracia:30 Jurado:30 Conde:30 Abad:30
Salas:30 Quintana:29 Plaza:29 Acosta:29 Aranda:29 Bermúdez:29 Blázquez:29 Roca:29
Salazar:29 Guzmán:28 Santamaría:28 Miguel:28 Costa:28 Manzano:28 Villanueva:28 Serra:28
Cuesta:28 Hurtado:27 Tomás:27 Trujillo:27 Rueda:27 Ávila:27 Pacheco:27 de_la_Fuente:27
Simón:27 Mesa:26 Pons:26 Lázaro:26 del_Río:26 Sancho:26 Escobar:26 Millán:26 Luna:26
Alarcón:26 Zamora:26 Blasco:26 Castaño:25 Salvador:25 Bermejo:25 Ballesteros:25
Paredes:25 Valverde:25
"""

ENGLISH_MEN = """
David John Paul James Andrew Michael Robert Peter Mark Stephen Richard Christopher
William Thomas Daniel Matthew Anthony Simon Kevin Ian Philip George Martin Alan Gary
Steven Jonathan Benjamin Adam Samuel Joseph Jack Ryan Joshua Luke Neil Graham Nicholas
Alexander Edward Brian Colin Stuart Jason Keith Lee Charles Timothy Nigel Kenneth
Patrick Ronald Barry Darren Derek Raymond Harry Oliver Craig Trevor Dennis Sean Liam
Nathan Jamie Roger Geoffrey Scott Gareth Adrian Terence Wayne Roy Dean Jordan Connor
Callum Aaron Carl Lewis Mohammed Douglas Gordon Malcolm Ben Frank Dominic Henry Jacob
Clive Russell Duncan Justin Eric Gavin Leslie Donald Alfie Charlie Max Toby Julian
Marcus Antony Howard Norman Bernard Gerald Vincent Karl Damian Francis Rhys Ross
Dylan Tyler Leon Bradley Ashley Shaun Frederick Albert Arthur Ernest Walter Stanley
Leonard Harold Victor Rupert Hugh Guy Robin Glenn Maurice Desmond Cameron Kieran
Owen Ethan Noah Isaac Elliot Theo
"""

ENGLISH_WOMEN = """
Susan Margaret Sarah Elizabeth Emma Mary Karen Helen Julie Jennifer Patricia Claire
Christine Jane Rebecca Laura Jacqueline Samantha Victoria Linda Nicola Catherine
Amanda Deborah Alison Joanne Sharon Michelle Rachel Lisa Tracey Louise Caroline Anne
Barbara Angela Charlotte Jessica Hannah Sophie Amy Lucy Katherine Gemma Kelly Dawn
Diane Janet Sandra Carol Maureen Jean Joan Dorothy Pamela Sheila Gillian
Lesley Wendy Kathleen Valerie Lorraine Hayley Donna Natalie Stephanie Zoe Heather
Georgina Emily Olivia Chloe Megan Lauren Bethany Holly Katie Abigail Eleanor Alice
Grace Ruth Frances Judith Rosemary Marion Beryl Irene Brenda Hazel Joyce Eileen Doris
Vera Gladys Hilda Edith Florence Ellen Annie Phyllis Marjorie Sylvia Audrey Shirley
Teresa Paula Andrea Maria Anna Fiona Suzanne Melanie Lynn Lynne Denise Beverley Elaine
Yvonne Cheryl Joanna Tina Heidi Naomi Leanne Kirsty Stacey Danielle Kimberley Jodie
Kerry Rosie Daisy Poppy Isabella Amelia Millie Ella Mia Freya Imogen Molly Leah
Francesca Harriet Jasmine Fatima Aisha Priya Bridget Josephine Constance
"""

ENGLISH_SURNAMES = """
Smith Jones Williams Taylor Brown Davies Evans Wilson Thomas Johnson Roberts Robinson
Thompson Wright Walker White Edwards Hughes Green Hall Lewis Harris Clarke Patel
Jackson Wood Turner Martin Cooper Hill Ward Morris Moore Clark Lee King Baker Harrison
Morgan Allen James Scott Phillips Watson Davis Parker Price Bennett Young Griffiths
Mitchell Kelly Cook Carter Richardson Bailey Collins Bell Shaw Murphy Miller Cox
Richards Khan Marshall Anderson Simpson Ellis Adams Singh Begum Wilkinson Foster
Chapman Powell Webb Rogers Gray Mason Ali Hunt Hussain Campbell Matthews Owen Palmer
Holmes Mills Barnes Knight Lloyd Butler Russell Barker Fisher Stevens Jenkins Murray
Dixon Harvey Graham Pearson Ahmed Fletcher Walsh Kaur Gibson Howard Andrews Stewart
Elliott Reynolds Saunders Payne Fox Ford Pearce Day Brooks West Lawrence Cole Atkinson
Bradley Spencer Gill Dawson Watts Burton O'Brien Armstrong Rose Wells Francis Hart
Hudson Hayes Newman Carr Berry Webster Perry Barrett Bird Hopkins Porter Lane Burns
Riley Dunn Woods Stone Hawkins Cunningham Austin Gardner Freeman Lawson Harper Hunter
Kennedy Sutton Carroll Jordan Booth Crawford Read Reid Warren Grant Nicholson Pritchard
Page Newton Bishop Walters Stephens Parsons Sharp Whitehead Wheeler Barton Shepherd
Coleman Hamilton Hewitt Higgins Sanders Poole Long Curtis Fuller Goodwin Norris
"""

# What they are called in everyday life.
SPANISH_NICKNAMES = """
José:Pepe,Jose Francisco:Paco,Fran,Curro Antonio:Toni,Toño Manuel:Manolo,Manu
Jesús:Chus,Suso Ignacio:Nacho,Iñaki Enrique:Quique,Kike Rafael:Rafa
Alejandro:Álex,Jandro Javier:Javi José_María:Chema,Josemari Miguel:Miki Pablo:Pablito
Eduardo:Edu Fernando:Fer,Nando Guillermo:Guille Roberto:Rober Santiago:Santi
Alberto:Berto Salvador:Salva Gregorio:Goyo Juan_José:Juanjo Juan_Carlos:Juanca
José_Luis:Joselu,Pepe José_Manuel:Josema Francisco_Javier:Fran,Javi,Paco
José_Miguel:Josemi José_Antonio:Joseán,Pepe José_Ramón:Joserra Juan_Manuel:Juanma
Francisco_José:Paco,Fran Daniel:Dani Gabriel:Gabi Gonzalo:Gonza Cristóbal:Tobal
Sebastián:Sebas Federico:Fede Nicolás:Nico María_Teresa:Maite,Mayte
María_Isabel:Maribel María_José:Mariajo María_Luisa:Marisa
María_del_Carmen:Mamen,Maica,Mari_Carmen María_Jesús:Chus María_Dolores:Lola,Mariló
María_del_Pilar:Pili,Mapi María_de_los_Ángeles:Marian,Geli María_Victoria:Mavi
María_Concepción:Conchi María_Elena:Malena María_Soledad:Marisol María_Luz:Mariluz
María_Cristina:Cris Ana_Isabel:Anabel Dolores:Lola,Loli Concepción:Concha,Conchi
Rosario:Charo Pilar:Pili Teresa:Tere Mercedes:Merche Isabel:Isa Francisca:Paca,Paqui
Josefa:Pepa,Fina Josefina:Fina Consuelo:Chelo Encarnación:Encarna Inmaculada:Inma
Montserrat:Montse Cristina:Cris Patricia:Patri Beatriz:Bea Susana:Susi Milagros:Mila
Magdalena:Malena Purificación:Puri Asunción:Asun Rosa_María:Rosi Soledad:Sole
Remedios:Reme Manuela:Manoli Antonia:Toñi Esperanza:Espe Guadalupe:Lupe Natividad:Nati
"""

ENGLISH_NICKNAMES = """
Robert:Bob,Rob,Bobby William:Bill,Will,Billy Richard:Dick,Rick,Rich James:Jim,Jimmy,Jamie
John:Jack,Johnny Michael:Mike,Mick Thomas:Tom,Tommy David:Dave,Davey Andrew:Andy
Stephen:Steve Steven:Steve Christopher:Chris,Kit Daniel:Dan,Danny Matthew:Matt
Anthony:Tony Philip:Phil Jonathan:Jon Benjamin:Ben Samuel:Sam Joseph:Joe Joshua:Josh
Nicholas:Nick Alexander:Alex,Sandy Edward:Ted,Ed,Eddie Charles:Charlie,Chuck
Timothy:Tim Kenneth:Ken Ronald:Ron Patrick:Paddy,Pat Raymond:Ray Geoffrey:Geoff
Terence:Terry Douglas:Doug Henry:Harry Leslie:Les Frederick:Fred Albert:Bert
Leonard:Len Francis:Frank Gerald:Gerry Donald:Don Nathan:Nat Peter:Pete
Susan:Sue,Susie Margaret:Maggie,Peggy,Meg Elizabeth:Liz,Beth,Betty,Lizzie Mary:Molly,Polly
Jennifer:Jenny,Jen Patricia:Pat,Trish Christine:Chris,Chrissie Rebecca:Becky
Jacqueline:Jackie Samantha:Sam Victoria:Vicky Catherine:Kate,Cathy Katherine:Kate,Kathy
Deborah:Debbie Amanda:Mandy Barbara:Babs Pamela:Pam Kathleen:Kath Valerie:Val
Gillian:Gill Stephanie:Steph Abigail:Abby Eleanor:Ellie,Nell Charlotte:Lottie,Charlie
Frances:Fran Judith:Judy Florence:Flo Dorothy:Dot,Dolly Sandra:Sandy Teresa:Terry,Tess
Joanne:Jo Joanna:Jo Caroline:Carrie Isabella:Bella Georgina:Georgie Jessica:Jess
Jacob:Jake Maureen:Mo Josephine:Josie Constance:Connie Angela:Angie Natalie:Nat
"""

# How clerks shorten a word of a name.
ABBREVIATIONS = """
María:M.ª,Mª,Ma,M. Francisco:Fco.,Fco José:J.,Jse. Antonio:Ant.,A. Manuel:Ml.,Mnel.
Concepción:Concep. Dolores:Dol. Juan:Jn.,J. Carmen:C. Jesús:Js. Luis:L. Ángel:A.
Rodríguez:Rguez.,Rdguez. Fernández:Fdez.,Fdez Hernández:Hdez. González:Glez.,Gzlez.
Martínez:Mtnez.,Mtez. Sánchez:Schez. Pérez:Pz. López:Lpz. Jiménez:Jmnez. Gómez:Gmz.
Gutiérrez:Gtrez. Álvarez:Alvz. Domínguez:Dguez. Díaz:Dz. García:Gª,Gcía.
William:Wm,Wm. Thomas:Thos Charles:Chas George:Geo James:Jas Robert:Robt John:Jn
Elizabeth:Eliz. Margaret:Marg. Catherine:Cath. Katherine:Kath. Alexander:Alexr
"""

# Town:first two digits of its postcodes:thousands of inhabitants.
SPANISH_TOWNS = """
Madrid:28:3300 Barcelona:08:1640 Valencia:46:800 Sevilla:41:685 Zaragoza:50:680
Málaga:29:580 Murcia:30:460 Palma:07:415 Las_Palmas_de_Gran_Canaria:35:378 Bilbao:48:345
Alicante:03:337 Córdoba:14:323 Valladolid:47:297 Vigo:36:293 Gijón:33:268
L'Hospitalet_de_Llobregat:08:265 Vitoria-Gasteiz:01:253 A_Coruña:15:245 Elche:03:234
Granada:18:228 Terrassa:08:224 Badalona:08:223 Oviedo:33:215 Sabadell:08:216
Cartagena:30:216 Móstoles:28:210 Jerez_de_la_Frontera:11:213 Pamplona:31:203
Santa_Cruz_de_Tenerife:38:209 Almería:04:200 Alcalá_de_Henares:28:197 Leganés:28:187
Fuenlabrada:28:190 San_Sebastián:20:188 Getafe:28:185 Burgos:09:174 Albacete:02:172
Santander:39:172 Castellón_de_la_Plana:12:172 Logroño:26:150 Badajoz:06:150
Salamanca:37:144 Huelva:21:142 Lleida:25:140 Tarragona:43:136 León:24:122 Cádiz:11:114
Jaén:23:112 Ourense:32:104 Girona:17:103 Lugo:27:98 Cáceres:10:96 Toledo:45:85
Ciudad_Real:13:75 Segovia:40:51 Soria:42:40
"""

# Town:letters of its postcodes:thousands of inhabitants.
ENGLISH_TOWNS = """
London:SE:1900 London:N:1700 London:SW:1600 London:E:1500 London:W:1200 London:NW:1000
Birmingham:B:1140 Leeds:LS:540 Glasgow:G:630 Sheffield:S:550 Manchester:M:550
Liverpool:L:490 Bristol:BS:470 Edinburgh:EH:520 Leicester:LE:360 Coventry:CV:350
Bradford:BD:350 Cardiff:CF:360 Nottingham:NG:320 Hull:HU:260 Newcastle_upon_Tyne:NE:300
Stoke-on-Trent:ST:260 Southampton:SO:250 Derby:DE:260 Portsmouth:PO:210 Brighton:BN:280
Plymouth:PL:260 Northampton:NN:240 Reading:RG:220 Luton:LU:220 Wolverhampton:WV:260
Bolton:BL:190 Bournemouth:BH:190 Norwich:NR:190 Swindon:SN:190 Swansea:SA:240
Milton_Keynes:MK:260 Peterborough:PE:200 Ipswich:IP:140 York:YO:200 Oxford:OX:150
Cambridge:CB:145 Gloucester:GL:130 Exeter:EX:130 Blackpool:FY:140 Preston:PR:140
Warrington:WA:170 Stockport:SK:140 Chester:CH:80 Bath:BA:90 Lincoln:LN:100 Durham:DH:50
"""

SPANISH_STREETS = """
Mayor Real Nueva del_Carmen San_Juan San_José San_Antonio de_la_Constitución de_España
de_la_Iglesia del_Sol de_la_Fuente Cervantes Goya Velázquez Ramón_y_Cajal Colón
Doctor_Fleming Miguel_Hernández Federico_García_Lorca Antonio_Machado del_Pilar
Santa_Ana San_Isidro San_Pedro San_Roque San_Miguel del_Prado de_la_Paz de_la_Libertad
de_Madrid de_Valencia de_Andalucía de_Castilla de_Aragón de_Galicia del_Olmo
de_los_Olivos de_las_Flores de_la_Rosa del_Molino del_Río del_Puente de_la_Estación
del_Mercado de_la_Cruz de_la_Virgen Pablo_Picasso Isaac_Peral Juan_de_Austria
Hernán_Cortés Pizarro Reyes_Católicos Isabel_la_Católica Alfonso_X_el_Sabio
Pintor_Sorolla Blasco_Ibáñez Maestro_Falla Concepción_Arenal Rosalía_de_Castro
"""

ENGLISH_STREETS = """
High Station Church Park Victoria Green Manor Kings Queens New Main London York Mill
School North South West East Grange Chapel Grove Springfield George Richmond Alexandra
Broad Windsor Albert Stanley Chester Mount_Pleasant Highfield Oak Elm Ash Cedar Beech
Willow Orchard Meadow Bridge River Castle Clarence Cambridge Oxford Wellington Nelson
Waterloo Trafalgar Warwick Lancaster Norfolk Cromwell Priory Abbey St_Johns St_Marys
"""

SPANISH_MAIL = ("gmail.com", "gmail.com", "hotmail.com", "hotmail.es", "yahoo.es",
                "outlook.es", "telefonica.net", "icloud.com")
ENGLISH_MAIL = ("gmail.com", "gmail.com", "hotmail.co.uk", "yahoo.co.uk", "outlook.com",
                "btinternet.com", "sky.com", "icloud.com")

# E-mail addresses that say nothing of their owner.
WORDS = tuple(
    "sol luna rio mar azul verde gato lobo toro flor nube roca viento blue green river "
    "cloud tiger eagle storm happy lucky silver magic rocket pixel dragon".split())

ACCENTED = "áàâäéèêëíìîïóòôöúùûüçñÁÀÉÈÍÌÓÒÚÙÜÇÑªº"
PLAIN = "aaaaeeeeiiiioooouuuucnAAEEIIOOUUUCNao"
WITHOUT_ACCENTS = str.maketrans(ACCENTED, PLAIN)
IN_MAIL = str.maketrans(ACCENTED, PLAIN.lower(), " -'.")


def plain(name):
    """A name as in an e-mail address: small letters only."""
    return name.translate(IN_MAIL).lower()


def names(table):
    """The names of a table and how common each is."""
    found = []
    for place, entry in enumerate(table.split()):
        name, _, many = entry.partition(":")
        found.append((name.replace("_", " "), int(many) if many else 1000 / (place + 10)))
    return found


def forms(table):
    """{name: its other forms} of a table."""
    pairs = (entry.replace("_", " ").split(":") for entry in table.split())
    return {name: others.split(",") for name, others in pairs}


def towns(table):
    """((town, start of its postcodes), inhabitants) of a table."""
    rows = (entry.replace("_", " ").split(":") for entry in table.split())
    return [((name, start), int(many)) for name, start, many in rows]
